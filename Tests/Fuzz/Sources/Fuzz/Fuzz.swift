import Glibc

/// What is fuzzed: each target takes any bytes, and stops the program if a property does not hold.
///
/// `ROTA_FUZZ_TARGET` names the target, for the arguments are libFuzzer's.
enum Fuzz {
  nonisolated(unsafe) private static let targets: [String: ([UInt8]) -> Void] = [
    "line": LineTarget.run, "configuration": ConfigurationTarget.run,
    "journal": JournalTarget.run, "script": ScriptTarget.run, "server": ServerTarget.run,
  ]

  nonisolated(unsafe) static let target: ([UInt8]) -> Void = {
    let name = getenv("ROTA_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    if let target = targets[name] { return target }
    complain("ROTA_FUZZ_TARGET: expected one of \(targets.keys.sorted().joined(separator: ", "))")
    exit(64)
  }()
}

/// What libFuzzer calls (libFuzzer's documentation, "Fuzz Target").
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  Fuzz.target(Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}

/// libFuzzer's driver (FuzzerInterface.h of LLVM).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// SwiftPM makes the program begin in a function of this name.
@_cdecl("Fuzz_main")
func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
{
  var (count, arguments) = (count, arguments)
  return runDriver(&count, &arguments) { testOneInput($0, $1) }
}

/// Stops the program, which libFuzzer takes for a crash, unless `condition` holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if condition { return }
  complain("property broken: \(message())")
  abort()
}

/// Says something on standard error.
private func complain(_ text: String) {
  let bytes = Array("\(text)\n".utf8)
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Takes numbers and text from the bytes of a fuzzer; 0 when they are used up.
struct Bytes {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  mutating func integer() -> Int64 {
    var value: UInt64 = 0
    for _ in 0..<8 { value = value << 8 | UInt64(byte()) }
    return Int64(bitPattern: value)
  }

  mutating func text() -> String {
    let count = min(Int(byte()), rest.count)
    defer { rest = rest.dropFirst(count) }
    return String(decoding: rest.prefix(count), as: UTF8.self)
  }
}
