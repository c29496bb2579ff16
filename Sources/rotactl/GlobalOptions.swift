import ArgumentParser
import Base
import Client
import Glibc
import LineProtocol
import Output
import Vocabulary

/// What every command understands.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .long, help: "The daemon's socket (default: $ROTA_SOCKET or /run/rota/control.sock).")
  var socket: String?

  @Option(
    name: [.customLong("as")],
    help: "Act as this rep (default: $ROTA_AGENT; reps are known by their user).")
  var agent: String?

  @Flag(name: .long, help: "Print JSON, one object a line.")
  var json = false

  /// The socket to use.
  var socketPath: String { socket ?? environment("ROTA_SOCKET") ?? "/run/rota/control.sock" }

  /// The rep to act as, if one was named.
  var agentName: String? { agent ?? environment("ROTA_AGENT") }

  private func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// Connects as told.
  func connect() throws -> Client {
    return try Client(path: socketPath, as: agentName)
  }

  /// The rep named on the command line, or else the one acted as.
  func rep(_ name: String?) throws -> String {
    if let name = name ?? agentName { return name }
    let client = try Client(path: socketPath)
    if let own = client.greeting["agent"] { return own }
    throw ValidationError("which rep? name one, or act as one with --as REP or ROTA_AGENT=REP")
  }
}

/// A command that is one request and its answer.
protocol RequestCommand: ParsableCommand {
  /// What is asked; the command's name and its help come from it.
  static var verb: Verb { get }
  var global: GlobalOptions { get }
  /// The request to be sent.
  func request() throws -> Request
  /// What is said below the rows, to people.
  var footnote: String? { get }
  /// The columns of which there may be no data, and which are shown all the same.
  var columns: [String] { get }
}

extension CommandConfiguration {
  /// A command of the name and with the summary of `verb`.
  init(_ verb: Verb, discussion: String = "") {
    let name = verb.name.split(separator: ".").last.map(String.init)
    self.init(
      commandName: name, abstract: verb.declaration.summary, discussion: discussion)
  }
}

extension RequestCommand {
  /// The request with these words, and with the options that have values.
  func ask(_ words: [String] = [], _ options: KeyValuePairs<String, String?> = [:]) -> Request {
    Request(Self.verb, words, options)
  }

  var footnote: String? { nil }
  var columns: [String] { [] }
}

extension RequestCommand {
  func run() throws {
    try CommandFailure.exiting {
      let answer = try global.connect().ask(try request())
      try CommandFailure.check(answer)
      // A list may be empty; what is no list has nothing to say of it.
      if answer.code == 210 || !answer.rows.isEmpty {
        try Display.rows(answer.rows, columns: columns, json: global.json)
      }
      if let footnote, !global.json { try Standard.output.print("\n\(footnote)") }
      if answer.code != 210 { try Display.answer(answer, json: global.json) }
    }
  }
}

extension CommandFailure {
  /// Throws what a negative answer says.
  static func check(_ answer: Client.Answer) throws {
    if answer.isPositive { return }
    let code: Int32 =
      switch answer.code {
      case 420..<500: 75
      case 500..<530: 64
      case 530: notPermitted
      case 552: 78
      case 561: dataError
      default: 1  // foreign: Int
      }
    let rule = answer["rule"].map { " [\($0)]" } ?? ""
    let place = ["file", "line", "column"].compactMap { answer[$0] }
    let prefix = place.count == 3 ? place.joined(separator: ":") + ": " : ""
    // One line, whatever the words of the answer are.
    let text = Visible.text("\(answer.name): \(prefix)\(answer.text)\(rule)")
    throw CommandFailure(exitCode: code, description: text)
  }

  /// Runs `body`; a failure is printed and becomes the exit code.
  static func exiting(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let failure as CommandFailure {
      throw complaint(failure.description, failure.exitCode)
    } catch let failure as WriteFailure {
      throw complaint(failure.description, failure.exitCode)
    }
  }

  private static func complaint(_ text: String, _ code: Int32) -> ExitCode {
    Standard.error.show("rotactl: \(Visible.lines(text))\n")
    return ExitCode(code)
  }
}
