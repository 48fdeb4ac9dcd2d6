import CRuntime
import Swift
import WebbleAllocator

// The memory of a task's asynchronous frames: a stack of chunks, the first of which is the rest of the
// task's own block. Only the running task touches it. Frames are reached by raw pointers and never move.

/// At the start of every chunk but the first.
struct ChunkHeader {
  var previousChunk: UnsafeMutableRawPointer?
  var previousTop: UnsafeMutablePointer<CChar>?
  var previousLimit: UnsafeMutablePointer<CChar>?
  var size: UInt

  static var size: UInt { 16 }
}

/// Bytes of the first chunk, which many tasks hold while they are suspended, and of the smallest of
/// those that follow: size classes of the allocator.
private let firstChunkSize: UInt = 256
private let minimumChunkSize: UInt = 1024

@_silgen_name("swift_task_alloc")
public func taskAllocate(_ size: UInt) -> UnsafeMutableRawPointer {
  let task = currentThread().pointee.task.unsafelyUnwrapped
  let rounded = (size + 15) & ~15
  let top = task.pointee.stack_top.unsafelyUnwrapped
  if rounded <= UInt(bitPattern: task.pointee.stack_limit) - UInt(bitPattern: top) {
    task.pointee.stack_top = top + Int(bitPattern: rounded)
    return UnsafeMutableRawPointer(top)
  }
  return addChunk(task, rounded)
}

@_silgen_name("swift_task_dealloc")
public func taskDeallocate(_ pointer: UnsafeMutableRawPointer) {
  let task = currentThread().pointee.task.unsafelyUnwrapped
  if let chunk = task.pointee.chunk, pointer == chunk + Int(bitPattern: ChunkHeader.size) {
    removeChunk(task, chunk)
  } else {
    task.pointee.stack_top = pointer.assumingMemoryBound(to: CChar.self)
  }
}

@_silgen_name("swift_task_dealloc_through")
public func taskDeallocateThrough(_ pointer: UnsafeMutableRawPointer) {
  let task = currentThread().pointee.task.unsafelyUnwrapped
  while let chunk = task.pointee.chunk {
    let header = chunk.assumingMemoryBound(to: ChunkHeader.self)
    if pointer > chunk && pointer < chunk + Int(bitPattern: header.pointee.size) { break }
    removeChunk(task, chunk)
  }
  taskDeallocate(pointer)
}

@inline(never)
private func addChunk(_ task: TaskPointer, _ byteCount: UInt) -> UnsafeMutableRawPointer {
  let needed = byteCount + ChunkHeader.size
  var chunk: UnsafeMutableRawPointer
  if let spare = task.pointee.spare_chunk,
    spare.assumingMemoryBound(to: ChunkHeader.self).pointee.size >= needed
  {
    chunk = spare
    task.pointee.spare_chunk = nil
  } else {
    let smallest = task.pointee.chunk == nil ? firstChunkSize : minimumChunkSize
    let size = needed > smallest ? needed : smallest
    chunk = allocateOrStop(size, alignment: 16)
    chunk.assumingMemoryBound(to: ChunkHeader.self).pointee.size = size
  }
  let header = chunk.assumingMemoryBound(to: ChunkHeader.self)
  header.pointee.previousChunk = task.pointee.chunk
  header.pointee.previousTop = task.pointee.stack_top
  header.pointee.previousLimit = task.pointee.stack_limit
  task.pointee.chunk = chunk
  let start = chunk + Int(bitPattern: ChunkHeader.size)
  task.pointee.stack_top = (start + Int(bitPattern: byteCount)).assumingMemoryBound(to: CChar.self)
  task.pointee.stack_limit = (chunk + Int(bitPattern: header.pointee.size))
    .assumingMemoryBound(to: CChar.self)
  return start
}

/// Keeps the chunk for the next call that needs one: a loop of calls at the edge of a chunk would
/// otherwise allocate each time.
@inline(never)
private func removeChunk(_ task: TaskPointer, _ chunk: UnsafeMutableRawPointer) {
  let header = chunk.assumingMemoryBound(to: ChunkHeader.self)
  task.pointee.chunk = header.pointee.previousChunk
  task.pointee.stack_top = header.pointee.previousTop
  task.pointee.stack_limit = header.pointee.previousLimit
  clearForInspection(chunk + Int(bitPattern: ChunkHeader.size), header.pointee.size - ChunkHeader.size)
  Allocator.deallocate(task.pointee.spare_chunk)
  task.pointee.spare_chunk = chunk
}

/// The search for leaks takes words of memory that is no task's for addresses.
@inline(__always)
func clearForInspection(_ memory: UnsafeMutableRawPointer, _ byteCount: UInt) {
  if WEBBLE_INSPECTS != 0 {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: Int(bitPattern: byteCount))
  }
}
