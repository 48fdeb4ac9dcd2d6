import Foundation

#if canImport(CoreServices)
import CoreServices
#endif

/// Says that something has happened below folders, without looking at them: the system tells.
///
/// It may say so too often, and never says what: the listener takes a look. It does not miss a change
/// that comes after `watch` has returned.
protocol FileEvents: Sendable {
  /// One element for any number of events since the last was taken.
  var events: AsyncStream<Void> { get }
  /// From now on these folders are watched, each for what lies directly in it.
  func watch(_ folders: Set<String>) throws
}

enum FileEventsFailure: Error {
  /// The system has too few watches for so many folders, or none at all.
  case notAvailable(String)
}

/// What the system offers.
func systemFileEvents() throws -> any FileEvents {
  #if os(Linux)
  return try InotifyEvents()
  #elseif canImport(CoreServices)
  return FolderEvents()
  #else
  throw FileEventsFailure.notAvailable("this system tells of no changes")
  #endif
}

#if os(Linux)
import Synchronization

/// inotify(7).
final class InotifyEvents: FileEvents {
  let events: AsyncStream<Void>
  private let descriptor: Int32
  private nonisolated(unsafe) let source: any DispatchSourceRead
  private let watches = Mutex<[String: Int32]>([:])

  init() throws {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else {
      throw FileEventsFailure.notAvailable(String(cString: strerror(errno)))
    }
    let (events, event) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.descriptor = descriptor
    self.events = events
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
    source.setEventHandler {
      // What has happened is of no interest: an overflow of the queue says no less than the rest.
      var buffer = [UInt8](repeating: 0, count: 1 << 14)
      while read(descriptor, &buffer, buffer.count) > 0 {}
      event.yield()
    }
    source.setCancelHandler { close(descriptor) }
    source.resume()
  }

  deinit { source.cancel() }

  func watch(_ folders: Set<String>) throws {
    try watches.withLock { watches in
      for (folder, watch) in watches where !folders.contains(folder) {
        inotify_rm_watch(descriptor, watch)
        watches[folder] = nil
      }
      let mask = UInt32(
        IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
      // Also those that are watched: another folder may be there under the name.
      for folder in folders {
        let watch = inotify_add_watch(descriptor, folder, mask | UInt32(IN_ONLYDIR))
        if watch >= 0 {
          watches[folder] = watch
        } else if errno != ENOENT && errno != ENOTDIR && errno != EACCES {
          throw FileEventsFailure.notAvailable(
            errno == ENOSPC
              ? "there are more folders than fs.inotify.max_user_watches allows"
              : String(cString: strerror(errno)))
        }
      }
    }
  }
}
#elseif canImport(CoreServices)
import Synchronization

/// FSEvents, which watches folders with all that is below them.
final class FolderEvents: FileEvents {
  let events: AsyncStream<Void>
  private let event: AsyncStream<Void>.Continuation
  private let queue = DispatchQueue(label: "webble.files")
  private struct Watched: @unchecked Sendable {
    var folders: Set<String> = []
    /// Used on `queue` and under the lock.
    var stream: FSEventStreamRef?
  }
  private let watched = Mutex(Watched())

  init() {
    (events, event) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  deinit { watched.withLock { Self.stop(&$0) } }

  func watch(_ folders: Set<String>) throws {
    try watched.withLock { watched in
      guard folders != watched.folders else { return }
      Self.stop(&watched)
      var context = FSEventStreamContext()
      context.info = Unmanaged.passUnretained(self).toOpaque()
      let callback: FSEventStreamCallback = { _, info, _, _, _, _ in
        Unmanaged<FolderEvents>.fromOpaque(info!).takeUnretainedValue().event.yield()
      }
      guard
        let stream = FSEventStreamCreate(
          nil, callback, &context, Array(folders) as CFArray,
          FSEventStreamEventId(kFSEventStreamEventIdSinceNow), 0.05,
          FSEventStreamCreateFlags(kFSEventStreamCreateFlagFileEvents))
      else { throw FileEventsFailure.notAvailable("FSEvents does not watch these folders") }
      FSEventStreamSetDispatchQueue(stream, queue)
      FSEventStreamStart(stream)
      watched = Watched(folders: folders, stream: stream)
    }
  }

  private static func stop(_ watched: inout Watched) {
    guard let stream = watched.stream else { return }
    FSEventStreamStop(stream)
    FSEventStreamInvalidate(stream)
    FSEventStreamRelease(stream)
    watched.stream = nil
  }
}
#endif
