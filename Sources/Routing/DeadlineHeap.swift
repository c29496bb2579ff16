/// What a deadline is about. Each thing has at most one deadline of each kind; which one it is
/// follows from the state of the thing.
enum DeadlineKind: UInt32, CaseIterable, Sendable {
  /// A rep's ring time-out, wrap-up end, rest end or consultation time-out.
  case agentActivity
  /// A rep's not-ready spell.
  case agentNotReady
  /// A rep's outbound request.
  case outboundRequest
  /// A call's longest wait, or (connected) the watchdog.
  case callLimit
  /// A call's next tier, or (held) the next hold reminder.
  case callStep
  /// A queue's next opening or closing.
  case officeHours
}

/// The deadlines of all reps, calls and queues: an indexed 4-ary heap.
///
/// Ties are broken by kind and index, never by order of insertion, so that a heap rebuilt from a
/// snapshot fires in the same order as the one it was taken from.
@usableFromInline
struct DeadlineHeap: Sendable {
  @usableFromInline
  struct Entry: Sendable, BitwiseCopyable {
    @usableFromInline var at: Instant
    var key: UInt32

    func precedes(_ other: Entry) -> Bool {
      at != other.at ? at < other.at : key < other.key
    }
  }

  @usableFromInline private(set) var heap: [Entry] = []
  /// Position in `heap` by key, or -1.
  private var positions: [Int32] = []

  private static let kinds = UInt32(DeadlineKind.allCases.count)

  /// The earliest deadline.
  @inlinable @inline(__always)
  var next: Instant? { heap.first?.at }

  /// How many deadlines are set.
  var count: Int { heap.count }

  /// The earliest deadline and what it is about, if it is not after `now`.
  func due(at now: Instant) -> (at: Instant, kind: DeadlineKind, index: Int)? {
    guard let first = heap.first, first.at <= now else { return nil }
    guard let kind = DeadlineKind(rawValue: first.key % Self.kinds) else { return nil }
    return (first.at, kind, Int(first.key / Self.kinds))
  }

  /// The deadline of `kind` for `index`, if one is set.
  func deadline(_ kind: DeadlineKind, _ index: Int) -> Instant? {
    let key = Int(Self.key(kind, index))
    guard key < positions.count, positions[key] >= 0 else { return nil }
    return heap[Int(positions[key])].at
  }

  /// Sets the deadline of `kind` for `index`; ``Instant/never`` cancels it.
  /// - Complexity: O(log n)
  mutating func set(_ kind: DeadlineKind, _ index: Int, at instant: Instant) {
    if instant == .never { return cancel(kind, index) }
    let key = Self.key(kind, index)
    if Int(key) >= positions.count {
      let shortfall = Int(key) + 1 - positions.count
      positions.append(contentsOf: repeatElement(-1, count: shortfall))
    }
    let entry = Entry(at: instant, key: key)
    let position = Int(positions[Int(key)])
    if position < 0 {
      heap.append(entry)
      siftUp(entry, from: heap.count - 1)
    } else if entry.precedes(heap[position]) {
      siftUp(entry, from: position)
    } else {
      siftDown(entry, from: position)
    }
  }

  /// Removes the deadline of `kind` for `index`, if one is set.
  /// - Complexity: O(log n)
  mutating func cancel(_ kind: DeadlineKind, _ index: Int) {
    let key = Int(Self.key(kind, index))
    guard key < positions.count, positions[key] >= 0 else { return }
    let position = Int(positions[key])
    positions[key] = -1
    let last = heap.removeLast()
    if position == heap.count { return }
    if position > 0, last.precedes(heap[(position - 1) / 4]) {
      siftUp(last, from: position)
    } else {
      siftDown(last, from: position)
    }
  }

  private static func key(_ kind: DeadlineKind, _ index: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: index) * kinds + kind.rawValue
  }

  private mutating func place(_ entry: Entry, at position: Int) {
    heap[position] = entry
    positions[Int(entry.key)] = Int32(truncatingIfNeeded: position)
  }

  private mutating func siftUp(_ entry: Entry, from start: Int) {
    var position = start
    while position > 0 {
      let parent = (position - 1) / 4
      if !entry.precedes(heap[parent]) { break }
      place(heap[parent], at: position)
      position = parent
    }
    place(entry, at: position)
  }

  private mutating func siftDown(_ entry: Entry, from start: Int) {
    var position = start
    while true {
      let first = position * 4 + 1
      if first >= heap.count { break }
      var smallest = first
      for child in first + 1..<max(first + 1, min(first + 4, heap.count))
      where heap[child].precedes(heap[smallest]) {
        smallest = child
      }
      if !heap[smallest].precedes(entry) { break }
      place(heap[smallest], at: position)
      position = smallest
    }
    place(entry, at: position)
  }

  /// All deadlines in firing order, for snapshots and comparisons.
  /// - Complexity: O(n log n)
  var sorted: [(at: Instant, key: UInt32)] {
    heap.sorted { $0.precedes($1) }.map { ($0.at, $0.key) }
  }

  /// Sets a deadline by the key that ``sorted`` gave, if it is about one of the first `limit` things of its kind.
  mutating func restore(key: UInt32, at instant: Instant, below limit: Int) {
    guard let kind = DeadlineKind(rawValue: key % Self.kinds) else { return }
    let index = Int(key / Self.kinds)
    if index < limit { set(kind, index, at: instant) }
  }
}
