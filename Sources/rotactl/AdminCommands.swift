import ArgumentParser
import Client
import Glibc
import LineProtocol
import Output
import Vocabulary

/// `rotactl report ...`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Reports: performance of reps, queues, calls.",
    discussion: """
      Without --from, performance and queue tell of the present day. "no data" means that there were no cases.

      EXAMPLES
        rotactl report performance
        rotactl report queue --from 2026-11-23T14:00:00Z --to 2026-11-23T23:00:00Z --interval 1800
        rotactl report calls --undocumented
      """,
    subcommands: [Performance.self, Queue.self, Calls.self])

  /// The span of a report.
  struct Span: ParsableArguments {
    @Option(help: "The beginning, such as 2026-11-23T14:00:00Z.") var from: String?
    @Option(help: "The end, not included.") var to: String?
    @Option(help: "One row for each so many seconds.") var interval: String?
  }

  struct Performance: RequestCommand {
    static let verb = Verb.question(.report(.performance))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var span: Span
    @Option(name: .customLong("agent"), help: "Only this rep.") var only: String?
    func request() -> Request {
      ask(
        [],
        ["from": span.from, "to": span.to, "interval": span.interval, "agent": only])
    }

    var footnote: String? {
      """
      Refused = no answer + ignored + went not ready, whoever answered later; refused calls are distinct.
      Times in seconds. Average handle time = talk + hold + wrap-up of the calls handled (taken over ones too) that are
      over, a call; calls out have their own. Occupancy = busy / (busy + ready): busy is talk, hold, consulting,
      outbound and wrap-up, ready is idle and ringing.
      """
    }

    var columns: [String] {
      PerformanceColumn.allCases.filter { $0 != .start && $0 != .agent }.map(\.rawValue)
    }
  }

  struct Queue: RequestCommand {
    static let verb = Verb.question(.report(.queue))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var span: Span
    @Option(help: "Only this queue.") var queue: String?
    func request() -> Request {
      ask(
        [],
        ["from": span.from, "to": span.to, "interval": span.interval, "queue": queue])
    }

    var footnote: String? {
      """
      Offered = entered less short abandons and callers turned away at the door (closed, full, nobody there).
      Service level within the threshold T, of offered O, answered A and abandoned B:
      negative abandon A_T/O, positive abandon (A_T+B_T)/O, without abandon A_T/(O-B_T), handled only A_T/A.
      Average speed of answer: from arrival to answer, over all queues, ring time included. Callers' clocks start at
      arrival; figures that begin with visit count from entering this queue. Without cases: no data.
      """
    }

    var columns: [String] {
      QueueColumn.allCases.filter { $0 != .start && $0 != .queue }.map(\.rawValue)
    }
  }

  struct Calls: RequestCommand {
    static let verb = Verb.question(.report(.calls))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Option(help: "The beginning.") var from: String?
    @Option(help: "The end, not included.") var to: String?
    @Option(help: "The newest so many.") var limit: String?
    @Flag(help: "Only calls without the required write-up.") var undocumented = false
    func request() -> Request {
      ask(
        [],
        [
          "from": from, "to": to, "limit": limit, "undocumented": undocumented ? "yes" : nil,
        ])
    }
  }
}

/// `rotactl call-back ...`
struct CallBackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call-back", abstract: "Call-backs: who is owed one.",
    discussion: """
      EXAMPLES
        rotactl call-back list
      """,
    subcommands: [List.self], defaultSubcommand: List.self)

  struct List: RequestCommand {
    static let verb = Verb.question(.report(.callBacks))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Option(help: "The beginning; default: 30 days ago.") var from: String?
    @Option(help: "The end, not included.") var to: String?
    func request() -> Request { ask([], ["from": from, "to": to]) }
  }
}

/// `rotactl status`
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the daemon, the queues, the reps and the calls.")
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try CommandFailure.exiting {
      let client = try global.connect()
      let questions: [QuestionVerb] = [
        .session(.status), .board(.queueList), .board(.agentList), .board(.callList),
      ]
      for question in questions {
        let answer = try client.ask(Request(.question(question)))
        try CommandFailure.check(answer)
        try Display.rows(answer.rows, json: global.json)
        if !global.json { try Standard.output.print() }
      }
    }
  }
}

struct Reload: RequestCommand {
  static let verb = Verb.admin(.reload)
  static let configuration = CommandConfiguration(
    verb, discussion: "Returns when the new configuration is in force; a wrong one changes nothing."
  )
  @OptionGroup var global: GlobalOptions
  func request() -> Request { ask() }
}

struct Drain: RequestCommand {
  static let verb = Verb.admin(.drain)
  static let configuration = CommandConfiguration(verb)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "on or off.") var state = "on"
  func request() -> Request { ask([state]) }
}

struct Verify: RequestCommand {
  static let verb = Verb.question(.journal(.verify))
  static let configuration = CommandConfiguration(verb)
  @OptionGroup var global: GlobalOptions
  func request() -> Request { ask() }
}

/// `rotactl raw`: lines of the protocol, in and out.
struct Raw: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sends lines of the protocol and prints what comes back.",
    discussion: "EXAMPLE\n  rotactl raw queue.list\n  echo ping | rotactl raw")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "One request; without, requests are read from standard input.")
  var words: [String] = []

  func run() throws {
    try CommandFailure.exiting {
      let client = try global.connect()
      if words.count == 1 { return try ask(words[0], client) }
      if let verb = words.first { return try ask(request(verb, words.dropFirst()), client) }
      while let line = readLine() { try ask(line, client) }
    }
  }

  /// A request of the shell's words, so that `"name=Acme Inc"` needs no second quoting.
  private func request(_ verb: String, _ rest: ArraySlice<String>) -> Request {
    let arguments = rest.map { word -> Request.Argument in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let isOption = parts.count == 2 && parts[0].allSatisfy { $0.isLowercase || $0 == "-" }
      return isOption
        ? .option(name: String(parts[0]), value: String(parts[1])) : .word(word)
    }
    return Request(verb: verb, arguments: arguments)
  }

  private func ask(_ line: String, _ client: Client) throws {
    let parsed: Request?
    do {
      parsed = try LineParser.request(Array(line.utf8)[...])
    } catch {
      throw CommandFailure(exitCode: CommandFailure.dataError, description: error.text)
    }
    if let request = parsed { try ask(request, client) }
  }

  private func ask(_ request: Request, _ client: Client) throws {
    let answer = try client.ask(request)
    for row in answer.rows {
      try Standard.output.print(ServerLine.row(tag: nil, options: row).line)
    }
    try Standard.output.print(
      ServerLine.reply(tag: nil, code: answer.code, name: answer.name, options: answer.options)
        .line)
    if !answer.isPositive { throw ExitCode(1) }
  }
}

/// `rotactl events`
struct Events: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Follows events as they happen.",
    discussion: """
      EXAMPLES
        rotactl events --types call.*,agent.not-ready
        rotactl events --from 1 --agent alice --count 20
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "A seq, now or snapshot.") var from = "now"
  @Option(help: "Types such as call.offered or call.*, with commas.") var types: String?
  @Option(name: .customLong("agent"), help: "Only about these reps.") var only: String?
  @Option(help: "Only about these queues.") var queue: String?
  @Option(help: "Stop after so many.") var count: Int?

  func run() throws {
    try CommandFailure.exiting {
      let client = try global.connect()
      let request = Request(
        .question(.session(.subscribe)), ["events"],
        ["from": from, "types": types, "agent": only, "queue": queue])
      let answer = try client.ask(request)
      try CommandFailure.check(answer)
      var left = count ?? .max
      while left > 0 {
        let line = try client.nextLine()
        if case .notice("unsubscribed", _) = line {
          throw CommandFailure(
            exitCode: CommandFailure.unavailable,
            description: line["text"] ?? "the daemon ended the subscription")
        }
        guard case .event(let seq, let type, let options) = line else { continue }
        left -= 1
        if global.json {
          let head = [Field("seq", String(seq)), Field("type", type)]
          try Standard.output.print(JSON.object(head + options))
        } else if let text = Display.event(line) {
          try Standard.output.print(text)
        }
      }
    }
  }
}
