// Every module imports this one, and with it what Embedded Swift lacks of the standard library.
@_exported import WebbleStandardLibrary
