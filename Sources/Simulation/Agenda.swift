import Routing

/// What the simulated world will do next, in order of time; ties in the order in which they were
/// entered, so that a run is the same on every machine.
struct Agenda: Sendable {
  /// Something planned.
  struct Entry: Sendable, BitwiseCopyable {
    var at: Instant
    /// Order of entry in the upper bits, kind in the lowest eight.
    fileprivate var tag: UInt64
    /// What it is about: a call, a rep, a class.
    var subject: UInt64
    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: tag)) ?? .arrival }

    @inline(__always)
    fileprivate func precedes(_ other: Entry) -> Bool {
      at < other.at || at == other.at && tag < other.tag
    }
  }

  /// What happens. The subject is a class, a call, a rep or a redialling caller.
  enum Kind: UInt8, Sendable {
    case arrival, patience, ringPatience, answer, ignore, goNotReady
    case talkEnds, holdStarts, holdEnds, drop, consultStarts, consultAnswer, consultEnds
    case messageEnds, callBackAccepted, redial, wrapUpEnds
    case shiftStarts, shiftEnds, breakStarts, level
    case dialEnds, outboundTalkEnds, outboundArises, outboundRetry
  }

  // Four children a node: half as deep as two, and their keys share a cache line or two.
  private var entries: [Entry] = []
  private var count: UInt64 = 0

  /// The time of the first entry.
  @inline(__always)
  var next: Instant? { entries.first?.at }

  /// Plans `kind` for `subject` at `at`. What is later than every clock never happens.
  @inline(__always)
  mutating func add(_ kind: Kind, _ subject: UInt64, at: Instant) {
    if at == .never { return }
    count += 1
    let entry = Entry(at: at, tag: count << 8 | UInt64(kind.rawValue), subject: subject)
    var hole = entries.count
    entries.append(entry)
    entries.withUnsafeMutableBufferPointer { heap in
      while hole > 0 {
        let parent = (hole - 1) >> 2
        if unsafe !entry.precedes(heap[parent]) { break }
        unsafe heap[hole] = heap[parent]
        hole = parent
      }
      unsafe heap[hole] = entry
    }
  }

  /// Takes the first entry out.
  /// - Complexity: O(log *entries*)
  mutating func removeFirst() -> Entry? {
    guard let last = entries.popLast() else { return nil }
    guard let first = entries.first else { return last }
    entries.withUnsafeMutableBufferPointer { heap in
      var hole = 0
      while true {
        let firstChild = hole << 2 + 1
        if firstChild >= heap.count { break }
        var least = firstChild
        var child = firstChild + 1
        let end = min(firstChild + 4, heap.count)
        while child < end {
          if unsafe heap[child].precedes(heap[least]) { least = child }
          child += 1
        }
        if unsafe !heap[least].precedes(last) { break }
        unsafe heap[hole] = heap[least]
        hole = least
      }
      unsafe heap[hole] = last
    }
    return first
  }
}
