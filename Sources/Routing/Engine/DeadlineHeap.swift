import Base

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

/// The deadlines of all reps, calls and queues.
///
/// Ties are broken by kind and index, never by order of insertion, so that a heap rebuilt from a
/// snapshot fires in the same order as the one it was taken from.
@usableFromInline
struct DeadlineHeap: Sendable {
  @usableFromInline
  struct Entry: HeapEntry, NumberedEntry {
    @usableFromInline var at: Instant
    @usableFromInline var key: UInt32

    @usableFromInline var number: Int {
      @inline(__always) get { Int(key) }
    }

    @inline(__always) @usableFromInline
    func precedes(_ other: Entry) -> Bool {
      at != other.at ? at < other.at : key < other.key
    }
  }

  @usableFromInline private(set) var heap = Heap<Entry, IndexedPlaces<Entry>>(
    places: IndexedPlaces())

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
    heap.places[Int(Self.key(kind, index))].map { heap[$0].at }
  }

  /// Sets the deadline of `kind` for `index`; ``Instant/never`` cancels it.
  /// - Complexity: O(log n)
  mutating func set(_ kind: DeadlineKind, _ index: Int, at instant: Instant) {
    if instant == .never { return cancel(kind, index) }
    let entry = Entry(at: instant, key: Self.key(kind, index))
    if let position = heap.places[entry.number] {
      heap.replace(at: position, with: entry)
    } else {
      heap.insert(entry)
    }
  }

  /// Removes the deadline of `kind` for `index`, if one is set.
  /// - Complexity: O(log n)
  mutating func cancel(_ kind: DeadlineKind, _ index: Int) {
    let number = Int(Self.key(kind, index))
    guard let position = heap.places[number] else { return }
    heap.places.forget(number)
    heap.remove(at: position)
  }

  private static func key(_ kind: DeadlineKind, _ index: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: index) * kinds + kind.rawValue
  }

  /// All deadlines in firing order, for snapshots and comparisons.
  /// - Complexity: O(n log n)
  var sorted: [(at: Instant, key: UInt32)] { heap.sorted.map { ($0.at, $0.key) } }

  /// Sets a deadline by the key that ``sorted`` gave, if it is about one of the first `limit` things of its kind.
  mutating func restore(key: UInt32, at instant: Instant, below limit: Int) {
    guard let kind = DeadlineKind(rawValue: key % Self.kinds) else { return }
    let index = Int(key / Self.kinds)
    if index < limit { set(kind, index, at: instant) }
  }
}
