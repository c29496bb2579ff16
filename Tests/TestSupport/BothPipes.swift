import Dispatch
public import Foundation

/// What a program says on both its streams, read side by side: one that fills the other's pipe would wait for ever.
public func readBoth(_ output: Pipe, _ error: Pipe) -> (output: String, error: String) {
  let errors = Errors()
  let isRead = DispatchSemaphore(value: 0)
  let handle = error.fileHandleForReading
  Thread.detachNewThread {
    errors.bytes = handle.readDataToEndOfFile()
    isRead.signal()
  }
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  isRead.wait()
  return (String(decoding: bytes, as: UTF8.self), String(decoding: errors.bytes, as: UTF8.self))
}

/// What the second thread has read; looked at when it is done.
private final class Errors: @unchecked Sendable {
  fileprivate var bytes = Data()
}
