/// What lies in a ``Heap``.
public protocol HeapEntry: BitwiseCopyable, Sendable {
  /// Whether it comes out before `other`. A total order: of two different entries one precedes.
  func precedes(_ other: Self) -> Bool
}

/// Who is told where each entry of a ``Heap`` lies, so that it can be taken out from the middle.
public protocol HeapPlaces<Entry>: Sendable {
  /// What lies in the heap.
  associatedtype Entry: HeapEntry
  /// `entry` lies at `position` now.
  mutating func place(_ entry: Entry, at position: Int)
}

/// Places of a heap from which only the first entry is taken.
public struct NoPlaces<Entry: HeapEntry>: HeapPlaces {
  /// Nothing to keep.
  @inlinable @inline(__always)
  public init() {}
  /// Keeps nothing.
  @inlinable @inline(__always)
  public mutating func place(_ entry: Entry, at position: Int) {}
}

/// Places by a number that each entry has: what makes a heap an indexed one.
public struct IndexedPlaces<Entry: HeapEntry & NumberedEntry>: HeapPlaces {
  /// Position in the heap by number, or -1.
  @usableFromInline var positions: [Int32] = []

  /// Nothing lies in the heap.
  @inlinable
  public init() {}

  /// Where the entry with `number` lies, if it does.
  @inlinable @inline(__always)
  public subscript(number: Int) -> Int? {
    guard number < positions.count, positions[number] >= 0 else { return nil }
    return Int(positions[number])
  }

  /// Keeps where it lies.
  @inlinable @inline(__always)
  public mutating func place(_ entry: Entry, at position: Int) {
    if entry.number >= positions.count { grow(to: entry.number) }
    positions[entry.number] = Int32(truncatingIfNeeded: position)
  }

  /// The entry with `number` is out.
  @inlinable @inline(__always)
  public mutating func forget(_ number: Int) { positions[number] = -1 }

  @usableFromInline
  mutating func grow(to number: Int) {
    positions.append(contentsOf: repeatElement(-1, count: number + 1 - positions.count))
  }
}

/// An entry with a number of its own among all that may lie in a heap.
public protocol NumberedEntry {
  /// Small numbers, since there is room for each.
  var number: Int { get }
}

/// A priority queue in an array: a 4-ary heap. Four children a node: half as deep as two, and their keys share a
/// cache line or two.
///
/// Source: Williams, "Algorithm 232: Heapsort", CACM 7(6), 1964; LaMarca and Ladner, "The influence of caches on
/// the performance of heaps", 1996.
public struct Heap<Entry: HeapEntry, Places: HeapPlaces<Entry>>: Sendable {
  /// The entries, each before its children, which stand at 4 p + 1 to 4 p + 4.
  @usableFromInline var entries: [Entry] = []
  /// Where each lies.
  public var places: Places

  /// An empty heap.
  @inlinable
  public init(places: Places) { self.places = places }

  /// The entry that comes out first.
  @inlinable @inline(__always)
  public var first: Entry? { entries.first }

  /// How many there are.
  @inlinable @inline(__always)
  public var count: Int { entries.count }

  /// The entry at `position`.
  @inlinable @inline(__always)
  public subscript(position: Int) -> Entry { entries[position] }

  /// All entries in the order in which they come out.
  /// - Complexity: O(*count* log *count*)
  public var sorted: [Entry] { entries.sorted { $0.precedes($1) } }

  /// Puts `entry` in.
  /// - Complexity: O(log *count*)
  @inlinable @inline(__always)
  public mutating func insert(_ entry: Entry) {
    entries.append(entry)
    siftUp(entry, from: entries.count - 1)
  }

  /// Puts `entry` in the place of the one at `position`.
  /// - Complexity: O(log *count*)
  @inlinable
  public mutating func replace(at position: Int, with entry: Entry) {
    if position > 0, entry.precedes(entries[(position - 1) >> 2]) {
      siftUp(entry, from: position)
    } else {
      siftDown(entry, from: position)
    }
  }

  /// Takes the first entry out.
  /// - Complexity: O(log *count*)
  @inlinable
  public mutating func removeFirst() -> Entry? {
    guard let last = entries.popLast() else { return nil }
    guard let first = entries.first else { return last }
    siftDown(last, from: 0)
    return first
  }

  /// Takes the entry at `position` out.
  /// - Complexity: O(log *count*)
  @inlinable
  public mutating func remove(at position: Int) {
    let last = entries.removeLast()
    if position < entries.count { replace(at: position, with: last) }
  }

  @inlinable @inline(__always)
  mutating func siftUp(_ entry: Entry, from start: Int) {
    var hole = start
    unsafe entries.withUnsafeMutableBufferPointer { heap in
      while hole > 0 {
        let parent = (hole - 1) >> 2
        if unsafe !entry.precedes(heap[parent]) { break }
        unsafe heap[hole] = heap[parent]
        unsafe places.place(heap[hole], at: hole)
        hole = parent
      }
      unsafe heap[hole] = entry
    }
    places.place(entry, at: hole)
  }

  @inlinable @inline(__always)
  mutating func siftDown(_ entry: Entry, from start: Int) {
    var hole = start
    unsafe entries.withUnsafeMutableBufferPointer { heap in
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
        if unsafe !heap[least].precedes(entry) { break }
        unsafe heap[hole] = heap[least]
        unsafe places.place(heap[hole], at: hole)
        hole = least
      }
      unsafe heap[hole] = entry
    }
    places.place(entry, at: hole)
  }
}
