// `import JavaScript` brings the runtime with it.
@_exported import Webble
