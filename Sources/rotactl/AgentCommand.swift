import ArgumentParser
import LineProtocol

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
    static let configuration = CommandConfiguration(abstract: "Lists the reps.")
    @OptionGroup var global: GlobalOptions
    @Option(help: "Only this queue's.") var queue: String?
    func request() -> Request { Request("agent.list", [], ["queue": queue]) }
  }

  struct Show: RequestCommand {
    static let configuration = CommandConfiguration(abstract: "Shows one rep.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    func request() throws -> Request { Request("agent.show", [try global.rep(agent)]) }
  }

  struct Why: RequestCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tells why a rep is not offered the calls that wait.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    func request() throws -> Request { Request("agent.why", [try global.rep(agent)]) }
  }

  struct Login: RequestCommand {
    static let configuration = CommandConfiguration(abstract: "Comes to work.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    func request() throws -> Request { Request("agent.login", [try global.rep(agent)]) }
  }

  struct Logout: RequestCommand {
    static let configuration = CommandConfiguration(abstract: "Leaves work.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    func request() throws -> Request { Request("agent.logout", [try global.rep(agent)]) }
  }

  struct Ready: RequestCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes queue calls: no reason you have set is left; ends a wrap-up and a rest.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    @Option(help: "Takes away only the reasons for this queue.") var queue: String?
    @Option(help: "Takes away only this reason.") var reason: String?
    func request() throws -> Request {
      Request("agent.ready", [try global.rep(agent)], ["queue": queue, "reason": reason])
    }
  }

  struct NotReady: RequestCommand {
    static let configuration = CommandConfiguration(
      commandName: "not-ready", abstract: "Takes no queue calls, and says why.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep; default: yourself.") var agent: String?
    @Option(help: "One of the configured reasons, such as lunch.") var reason: String
    @Option(name: .customLong("for"), help: "The reason ends by itself after so many seconds.")
    var seconds: String?
    @Option(help: "Only for this queue.") var queue: String?
    func request() throws -> Request {
      Request(
        "agent.not-ready", [try global.rep(agent)],
        ["reason": reason, "for": seconds, "queue": queue])
    }
  }

  struct Dnd: RequestCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sets Don't Accept Queue Calls, beside any other reason.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep.") var agent: String
    @Argument(help: "on or off.") var state: String
    @Option(name: .customLong("for"), help: "Off again after so many seconds.")
    var seconds: String?
    @Option(help: "Only for this queue.") var queue: String?
    func request() -> Request {
      Request("agent.dnd", [agent, state], ["for": seconds, "queue": queue])
    }
  }

  struct WrapUp: RequestCommand {
    static let configuration = CommandConfiguration(
      commandName: "wrap-up", abstract: "Ends or extends the wrap-up.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The rep.") var agent: String
    @Argument(help: "end or extend.") var action: String
    @Option(help: "How many seconds longer.") var by: String?
    func request() -> Request { Request("agent.wrap-up", [agent, action], ["by": by]) }
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
    static let configuration = CommandConfiguration(abstract: "Lists the queues.")
    @OptionGroup var global: GlobalOptions
    func request() -> Request { Request("queue.list") }
  }

  struct Show: RequestCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows a queue, its reps and its callers.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The queue.") var queue: String
    func request() -> Request { Request("queue.show", [queue]) }
  }
}
