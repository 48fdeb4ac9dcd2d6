// `import Webble` brings Swift Concurrency with it.
@_exported import _Concurrency
