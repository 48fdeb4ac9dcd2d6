// Natively the standard library's words, under the name by which the scheduler imports them.
@_exported import Synchronization
