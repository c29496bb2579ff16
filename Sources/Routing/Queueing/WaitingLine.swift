import Base

/// The callers of one queue in the order in which they will be served: higher priority first, then
/// the earlier (credited) entry, then the earlier arrival.
///
/// A sorted array with slack before its head: joining at the end and leaving from the front, the
/// common cases, are O(1) amortised; anywhere else is a binary search and a move of the shorter side.
struct WaitingLine: Equatable, Sendable {
  /// What decides the order.
  struct Place: Comparable, Sendable, BitwiseCopyable {
    var priority: UInt8
    var since: Instant
    var arrival: UInt64

    static func < (a: Place, b: Place) -> Bool {
      if a.priority != b.priority { return a.priority > b.priority }
      if a.since != b.since { return a.since < b.since }
      return a.arrival < b.arrival
    }
  }

  private struct Entry: Equatable, Sendable, BitwiseCopyable {
    var place: Place
    var call: CallID
  }

  private var entries: [Entry] = []
  private var head = 0

  /// How many callers wait.
  var count: Int { entries.count - head }

  /// Whether nobody waits.
  var isEmpty: Bool { head == entries.count }

  /// The call at `index`, 0 being the next to be served.
  subscript(index: Int) -> CallID { entries[head + index].call }

  /// Adds a caller at `place`.
  mutating func insert(_ call: CallID, at place: Place) {
    let entry = Entry(place: place, call: call)
    let index = firstIndex(notBefore: place)
    if index == entries.count {
      entries.append(entry)
    } else if head > 0, index - head <= entries.count - index {
      head -= 1
      for i in head..<index - 1 { entries[i] = entries[i + 1] }
      entries[index - 1] = entry
    } else {
      entries.insert(entry, at: index)
    }
  }

  /// Removes the caller at `place`.
  mutating func remove(at place: Place) {
    let index = firstIndex(notBefore: place)
    invariant(index < entries.count && entries[index].place == place, "the caller is in line")
    if index - head < entries.count - index - 1 {
      var i = index
      while i > head {
        entries[i] = entries[i - 1]
        i -= 1
      }
      head += 1
    } else {
      entries.remove(at: index)
    }
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 64, head * 2 > entries.count {
      entries.removeSubrange(0..<head)
      head = 0
    }
  }

  /// The position of the caller at `place`, 1 being the next to be served.
  /// - Complexity: O(log n)
  func position(of place: Place) -> Int { firstIndex(notBefore: place) - head + 1 }

  private func firstIndex(notBefore place: Place) -> Int {
    guard let last = entries.last, !(last.place < place) else { return entries.count }
    var low = head
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].place < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  static func == (a: WaitingLine, b: WaitingLine) -> Bool {
    a.entries[a.head...].elementsEqual(b.entries[b.head...])
  }
}
