/// A time of day on the clock on the wall, to the minute: 00:00 to 24:00.
public struct ClockTime: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Minutes after midnight, 0 to 1,440.
  public var minute: Int

  /// The end of a day.
  public static let endOfDay = ClockTime(minute: 1_440)

  /// So many minutes after midnight, 0 to 1,440.
  public init(minute: Int) { self.minute = minute }

  /// Reads `08:30`, `8:30` or `24:00`.
  /// - Returns: `nil` if `text` is no time of day: hours are 0 to 24, minutes two digits, 00 to 59.
  public init?(text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard let colon = bytes.firstIndex(of: 0x3A), (1...2).contains(colon),
      bytes.count == colon + 3, let hours = Self.number(bytes[..<colon]),
      let minutes = Self.number(bytes[(colon + 1)...]), minutes < 60,
      hours * 60 + minutes <= 1_440
    else { return nil }
    minute = hours * 60 + minutes
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }

  /// Hours after midnight, 0 to 24.
  public var hour: Int { minute / 60 }
  /// Minutes after the hour.
  public var minuteOfHour: Int { minute % 60 }

  /// `hh:mm`.
  public var text: String {
    (hour < 10 ? "0" : "") + "\(hour):" + (minuteOfHour < 10 ? "0" : "") + "\(minuteOfHour)"
  }

  /// Orders by time of day.
  public static func < (a: ClockTime, b: ClockTime) -> Bool { a.minute < b.minute }
}
