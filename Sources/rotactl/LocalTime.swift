import Base
import Glibc

/// Instants for people: by the clock of whoever looks (`TZ`, else the machine's), to the second, as commands take them.
/// JSON has them as they come.
enum LocalTime {
  /// `2026-12-24T08:00:00-06:00` for an instant of the wire; `nil` for any other text.
  static func text(_ text: String) -> String? {
    guard text.utf8.last == UInt8(ascii: "Z"), let instant = Timestamp.parse(text) else {
      return nil
    }
    var (time, parts) = (time_t(instant.microseconds / 1_000_000), tm())
    guard localtime_r(&time, &parts) != nil else { return nil }
    let minutes = abs(parts.tm_gmtoff) / 60
    let local = Timestamp.text(instant + .seconds(Int64(parts.tm_gmtoff))).prefix(19)
    return local + (parts.tm_gmtoff < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
