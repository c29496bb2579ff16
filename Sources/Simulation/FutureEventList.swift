import Base

/// What the simulated world will do next, in order of time; ties in the order in which they were
/// entered, so that a run is the same on every machine.
struct FutureEventList: Sendable {
  /// Something planned.
  struct Entry: HeapEntry {
    var at: Instant
    /// Order of entry in the upper bits, kind in the lowest eight.
    fileprivate var tag: UInt64
    /// What it is about: a call, a rep, a class.
    var subject: UInt64
    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: tag)) ?? .arrival }

    @inline(__always)
    func precedes(_ other: Entry) -> Bool {
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

  private var heap = Heap(places: NoPlaces<Entry>())
  private var count: UInt64 = 0

  /// The time of the first entry.
  @inline(__always)
  var next: Instant? { heap.first?.at }

  /// Plans `kind` for `subject` at `at`. What is later than every clock never happens.
  @inline(__always)
  mutating func add(_ kind: Kind, _ subject: UInt64, at: Instant) {
    if at == .never { return }
    count += 1
    heap.insert(Entry(at: at, tag: count << 8 | UInt64(kind.rawValue), subject: subject))
  }

  /// Takes the first entry out.
  /// - Complexity: O(log *entries*)
  mutating func removeFirst() -> Entry? { heap.removeFirst() }
}
