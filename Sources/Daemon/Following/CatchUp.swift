/// Reads of the journal for those who are behind: one at a time, in turn, whoever they are. So a commit waits for one
/// at most, and many who are behind cost no more memory than one.
final class CatchUp: @unchecked Sendable {
  /// Somebody who is behind.
  protocol Reader: AnyObject {
    /// Whether somebody waits for what it reads: then it is read for before others.
    var isUrgent: Bool { get }
    /// It is its turn.
    /// - Parameter over: To be called on the loop when the read is over.
    /// - Returns: whether a read was begun; if not, nothing is wanted any more.
    func beginRead(_ over: @escaping @Sendable () -> Void) -> Bool
  }

  private var waiting: [any Reader] = []
  private var known: Set<ObjectIdentifier> = []
  private var isReading = false

  /// Lets `reader` read when it is its turn, perhaps at once. It asks again for the next read.
  func ask(_ reader: any Reader) {
    guard known.insert(ObjectIdentifier(reader)).inserted else { return }
    if reader.isUrgent { waiting.insert(reader, at: 0) } else { waiting.append(reader) }
    readForNext()
  }

  private func readForNext() {
    while !isReading, !waiting.isEmpty {
      let reader = waiting.removeFirst()
      known.remove(ObjectIdentifier(reader))
      isReading = true
      isReading = reader.beginRead { [self] in
        isReading = false
        readForNext()
      }
    }
  }
}
