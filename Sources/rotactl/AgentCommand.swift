import ArgumentParser
import LineProtocol
import Vocabulary

/// `rotactl agent ...`
struct AgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Reps: who is there, and their status.",
    discussion: """
      EXAMPLES
        rotactl agent list
        rotactl agent not-ready alice --reason lunch --for 1800
        rotactl agent dnd alice on            Don't Accept Queue Calls
        rotactl agent wrap-up alice extend --by 60
      """,
    subcommands: [
      List.self, Show.self, Why.self, Login.self, Logout.self, Ready.self, NotReady.self, Dnd.self,
      WrapUp.self,
    ], defaultSubcommand: List.self)

  struct List: RequestCommand {
    static let verb = Verb.question(.board(.agentList))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Option(help: "Only this queue's.") var queue: String?
    func request() -> Request { ask([], ["queue": queue]) }
  }

  struct Show: RequestCommand {
    static let verb = Verb.question(.board(.agentShow))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    func request() throws -> Request { ask([try global.rep(agent)]) }
  }

  struct Why: RequestCommand {
    static let verb = Verb.question(.board(.agentWhy))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    func request() throws -> Request { ask([try global.rep(agent)]) }
  }

  struct Login: RequestCommand {
    static let verb = Verb.change(.agent(.login))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    func request() throws -> Request { ask([try global.rep(agent)]) }
  }

  struct Logout: RequestCommand {
    static let verb = Verb.change(.agent(.logout))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    func request() throws -> Request { ask([try global.rep(agent)]) }
  }

  struct Ready: RequestCommand {
    static let verb = Verb.change(.agent(.ready))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    @Option(help: "Takes away only the reasons for this queue.") var queue: String?
    @Option(help: "Takes away only this reason.") var reason: String?
    func request() throws -> Request {
      ask([try global.rep(agent)], ["queue": queue, "reason": reason])
    }
  }

  struct NotReady: RequestCommand {
    static let verb = Verb.change(.agent(.notReady))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    @Option(help: "One of the configured reasons, such as lunch.") var reason: String
    @Option(name: .customLong("for"), help: "The reason ends by itself after so many seconds.")
    var seconds: String?
    @Option(help: "Only for this queue.") var queue: String?
    func request() throws -> Request {
      ask(
        [try global.rep(agent)],
        ["reason": reason, "for": seconds, "queue": queue])
    }
  }

  struct Dnd: RequestCommand {
    static let verb = Verb.change(.agent(.dnd))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep.") var agent: String
    @Argument(help: "on or off.") var state: String
    @Option(name: .customLong("for"), help: "Off again after so many seconds.")
    var seconds: String?
    @Option(help: "Only for this queue.") var queue: String?
    func request() -> Request {
      ask([agent, state], ["for": seconds, "queue": queue])
    }
  }

  struct WrapUp: RequestCommand {
    static let verb = Verb.change(.agent(.wrapUp))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep.") var agent: String
    @Argument(help: "end or extend.") var action: String
    @Option(help: "How many seconds longer.") var by: String?
    func request() -> Request { ask([agent, action], ["by": by]) }
  }
}

/// `rotactl queue ...`
struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Queues: who waits, who serves.",
    discussion: """
      EXAMPLES
        rotactl queue list
        rotactl queue show support
      """, subcommands: [List.self, Show.self], defaultSubcommand: List.self)

  struct List: RequestCommand {
    static let verb = Verb.question(.board(.queueList))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    func request() -> Request { ask() }
  }

  struct Show: RequestCommand {
    static let verb = Verb.question(.board(.queueShow))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The queue.") var queue: String
    func request() -> Request { ask([queue]) }
  }
}
