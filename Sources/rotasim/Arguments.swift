import ArgumentParser
import Base
import LineProtocol
import Output
import Planning
import Staffing
import Stochastics

/// A length of time on the command line: seconds, or a number with s, m or h.
struct Seconds: ExpressibleByArgument, Equatable {
  var value: Double

  init(_ value: Double) { self.value = value }

  init?(argument: String) {
    guard let value = Distribution.seconds(argument) else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { Figure.text(value) }
}

/// The calls of a formula.
struct WorkloadOptions: ParsableArguments {
  @Option(name: .long, help: "Work offered, in erlang; instead of --arrivals-per-hour.")
  var load: Double?

  @Option(name: .long, help: "Calls per hour.")
  var arrivalsPerHour: Double?

  @Option(name: .long, help: "Mean handle time of a call: talk, hold and wrap-up.")
  var aht = Seconds(180)

  func validate() throws {
    guard (0.001...1e6).contains(aht.value) else {
      throw ValidationError("--aht must be from 0.001 to 1000000 seconds")
    }
    switch (load, arrivalsPerHour) {
    case (nil, nil): throw ValidationError("give the calls by --arrivals-per-hour or by --load")
    case (_?, _?): throw ValidationError("give --arrivals-per-hour or --load, not both")
    case (let value?, nil), (nil, let value?):
      guard value > 0, value <= 1e9 else {
        throw ValidationError(
          "--load and --arrivals-per-hour must be greater than 0 and at most 1e9")
      }
      guard load == nil || value <= 1e6 else {
        throw ValidationError("--load is at most 1e6 erlang")
      }
    }
  }

  var workload: Workload {
    let perHour = arrivalsPerHour ?? (load ?? 0) * 3_600 / aht.value
    return Workload(arrivalsPerHour: perHour, handleTime: aht.value)
  }
}

/// A service level on the command line: share/seconds, such as 0.80/20.
struct ServiceTarget: ExpressibleByArgument {
  var share: Double
  var seconds: Double

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let share = Double(parts[0]), (0...1).contains(share),
      let seconds = Seconds(argument: String(parts[1]))
    else { return nil }
    self.share = share
    self.seconds = seconds.value
  }
}

/// How figures are written for people.
enum Figure {
  /// A number with as many decimals as help.
  static func text(_ value: Double, decimals: Int = 3) -> String {
    if value.isNaN { return "no data" }
    if value == .infinity { return "without end" }
    if value == value.rounded(), abs(value) < 1e9 { return String(Int(value)) }
    return fixed(value, decimals: decimals)
  }

  /// A number with exactly so many decimals, rounded half away from zero.
  static func fixed(_ value: Double, decimals: Int) -> String {
    if value.isNaN { return "no data" }
    if abs(value) > 1e12 { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let whole = scaled / Int64(scale)
    let rest = String(scaled % Int64(scale))
    let sign = value < 0 && scaled != 0 ? "-" : ""
    let fraction =
      decimals == 0 ? "" : "." + String(repeating: "0", count: decimals - rest.count) + rest
    return "\(sign)\(whole)\(fraction)"
  }

  /// A share as a percentage.
  static func percent(_ value: Double, decimals: Int = 1) -> String {
    value.isNaN ? "no data" : fixed(value * 100, decimals: decimals) + " %"
  }
}

/// Ends the program with an explanation.
func complain(_ text: String, code: Int32) -> ExitCode {
  Standard.error.show("rotasim: \(Visible.lines(text))\n")
  return ExitCode(code)
}
