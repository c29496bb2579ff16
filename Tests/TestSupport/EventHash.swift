internal import Base
internal import Events
package import Routing

/// A history as one number: each event by its meaning, that is instant, kind and parties.
///
/// The guard of a rebuilding (`HistoryGuardTests`): however events are made, named and written, what was
/// decided stays what it was. Only the kinds of events and the fields that there were when the guard was set
/// up count; what is added later is left out. FNV-1a over 64-bit words (after Fowler, Noll, Vo).
package struct EventHash: Equatable, Sendable {
  /// The value so far.
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
  /// Events that counted.
  package private(set) var count = 0

  package init() {}

  /// How many fields each kind had then.
  private static let fields: [UInt8: Int] = [
    1: 5, 2: 4, 3: 6, 4: 3, 5: 5, 6: 3, 7: 2, 8: 1, 9: 1, 10: 3, 11: 3, 12: 3, 13: 2, 14: 3, 15: 2,
    20: 1, 21: 1, 22: 1, 23: 5, 24: 1, 25: 3, 26: 2, 27: 1, 28: 3, 29: 5, 30: 3, 31: 3,
    40: 4, 41: 3, 42: 4, 43: 2, 44: 2, 45: 4, 46: 4, 47: 3,
    50: 4, 51: 4, 52: 4, 53: 3, 54: 2, 60: 3, 61: 1, 62: 1, 63: 0,
  ]

  /// Takes in what happened next.
  package mutating func add(_ entry: TimedEvent) {
    let code = entry.event.code
    guard let used = Self.fields[code.kind] else { return }
    count += 1
    add(entry.at.microseconds)
    add(Int64(code.kind))
    for index in 0..<used { add(code[index]) }
  }

  private mutating func add(_ word: Int64) {
    value = (value ^ UInt64(bitPattern: word)) &* 0x100_0000_01b3
    value ^= value >> 29
  }
}
