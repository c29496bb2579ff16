import ArgumentParser
import LineProtocol
import Vocabulary

/// `rotactl call ...`
struct CallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Calls: accept, ignore, hold, hang up, write up, why.",
    discussion: """
      EXAMPLES
        rotactl call list
        rotactl --as alice call accept c-17
        rotactl --as alice call note c-17 --category billing --disposition resolved --client "Acme"
        rotactl --as alice call explain o-23 "at the printer"
        rotactl call why c-17
      """,
    subcommands: [
      List.self, Show.self, Why.self, Accept.self, Ignore.self, Hold.self, Resume.self,
      HangUp.self, CallBack.self, Note.self, Explain.self,
    ], defaultSubcommand: List.self)

  struct List: RequestCommand {
    static let verb = Verb.question(.board(.callList))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    func request() -> Request { ask() }
  }

  struct Show: RequestCommand {
    static let verb = Verb.question(.board(.callShow))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    func request() -> Request { ask([call]) }
  }

  struct Why: RequestCommand {
    static let verb = Verb.question(.board(.callWhy))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    func request() -> Request { ask([call]) }
  }

  struct Accept: RequestCommand {
    static let verb = Verb.change(.call(.accept))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    @Option(help: "Only if this is still the offer.") var offer: String?
    func request() -> Request {
      ask([call], ["agent": global.agentName, "offer": offer])
    }
  }

  struct Ignore: RequestCommand {
    static let verb = Verb.change(.call(.ignore))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    @Option(help: "Only if this is still the offer.") var offer: String?
    func request() -> Request {
      ask([call], ["agent": global.agentName, "offer": offer])
    }
  }

  struct Hold: RequestCommand {
    static let verb = Verb.change(.call(.hold))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    func request() -> Request { ask([call], ["agent": global.agentName]) }
  }

  struct Resume: RequestCommand {
    static let verb = Verb.change(.call(.resume))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    func request() -> Request { ask([call], ["agent": global.agentName]) }
  }

  struct HangUp: RequestCommand {
    static let verb = Verb.change(.call(.hangUp))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    @Option(help: "normal, dropped, no-answer, busy, failed or lost.") var cause: String?
    @Option(
      help: "caller, agent or lead: who ends it; a lead's end of a waiting call is no abandonment.")
    var by: String?
    func request() -> Request {
      ask([call], ["cause": cause, "by": by, "agent": global.agentName])
    }
  }

  struct CallBack: RequestCommand {
    static let verb = Verb.change(.call(.callBack))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    @Option(help: "The number to call; default: the caller's.") var number: String?
    func request() -> Request { ask([call], ["agent": global.agentName, "number": number]) }
  }

  struct Explain: RequestCommand {
    static let verb = Verb.record(.explain)
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(
      help: "The offer, such as o-5: rotactl events, or the explanations of the report, name it.")
    var offer: String
    @Argument(help: "Why it was not taken.") var reason: String
    func request() -> Request { ask([offer], ["reason": reason, "agent": global.agentName]) }
  }

  struct Note: RequestCommand {
    static let verb = Verb.change(.call(.note))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    @Option(help: "The caller's name or company.") var client: String?
    @Option(help: "The order number.") var order: String?
    @Option(help: "The best number to call back.") var callBack: String?
    @Option(help: "One of the configured categories.") var category: String?
    @Option(help: "How the call ended.") var disposition: String?
    @Option(help: "Anything else.") var notes: String?
    func request() -> Request {
      ask(
        [call],
        [
          "agent": global.agentName, "client": client, "order": order, "call-back": callBack,
          "category": category, "disposition": disposition, "notes": notes,
        ])
    }
  }
}

/// `rotactl transfer ...`
struct TransferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer", abstract: "Warm transfers: consult, confirm, complete.",
    discussion: """
      A caller is never released unannounced. Say who is on the line and what it is about, wait for
      the other rep's confirmation, then complete.

      EXAMPLES
        rotactl --as alice transfer consult c-17 --to agent:carol --who "Acme" --about "invoice 88"
        rotactl --as carol transfer answer t-5
        rotactl --as carol transfer confirm t-5
        rotactl --as alice transfer complete t-5
      """,
    subcommands: [
      List.self, Consult.self, Answer.self, Confirm.self, Decline.self, Complete.self,
      Cancel.self, Blind.self,
    ], defaultSubcommand: List.self)

  struct List: RequestCommand {
    static let verb = Verb.question(.board(.transferList))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    func request() -> Request { ask() }
  }

  struct Consult: RequestCommand {
    static let verb = Verb.change(.transfer(.consult))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    @Option(help: "agent:NAME, queue:NAME or number:NUMBER.") var to: String
    @Option(help: "Who is on the line.") var who: String?
    @Option(help: "What it is about.") var about: String?
    func request() -> Request {
      ask(
        [call],
        ["to": to, "who": who, "about": about, "agent": global.agentName])
    }
  }

  struct Answer: RequestCommand {
    static let verb = Verb.change(.transfer(.answer))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The transfer, such as t-5.") var transfer: String
    func request() -> Request {
      ask([transfer], ["agent": global.agentName])
    }
  }

  struct Confirm: RequestCommand {
    static let verb = Verb.change(.transfer(.confirm))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The transfer, such as t-5.") var transfer: String
    func request() -> Request {
      ask([transfer], ["agent": global.agentName])
    }
  }

  struct Decline: RequestCommand {
    static let verb = Verb.change(.transfer(.decline))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The transfer, such as t-5.") var transfer: String
    func request() -> Request {
      ask([transfer], ["agent": global.agentName])
    }
  }

  struct Complete: RequestCommand {
    static let verb = Verb.change(.transfer(.complete))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The transfer, such as t-5.") var transfer: String
    func request() -> Request {
      ask([transfer], ["agent": global.agentName])
    }
  }

  struct Cancel: RequestCommand {
    static let verb = Verb.change(.transfer(.cancel))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The transfer, such as t-5.") var transfer: String
    func request() -> Request {
      ask([transfer], ["agent": global.agentName])
    }
  }

  struct Blind: RequestCommand {
    static let verb = Verb.change(.transfer(.blind))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The call.") var call: String
    @Option(help: "To whom.") var to: String?
    func request() -> Request {
      ask([call], ["to": to, "agent": global.agentName])
    }
  }
}

/// `rotactl outbound ...`
struct OutboundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbound", abstract: "Outbound calls, only with cover.",
    discussion: """
      A call is placed only while enough other reps are free in every queue you serve, and nobody
      waits there.

      EXAMPLES
        rotactl --as alice outbound request --to +13125550123 --purpose call-back
        rotactl --as alice outbound wait --to +13125550123 --for 600
        rotactl --as alice outbound cancel r-3
      """,
    subcommands: [List.self, Place.self, Wait.self, Cancel.self], defaultSubcommand: List.self)

  struct List: RequestCommand {
    static let verb = Verb.question(.board(.outboundList))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    func request() -> Request { ask() }
  }

  struct Place: RequestCommand {
    static let verb = Verb.change(.outbound(.request))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Option(help: "The number to call.") var to: String
    @Option(help: "dropped-call, voicemail, call-back, follow-up or other.") var purpose: String?
    func request() throws -> Request {
      ask(
        [],
        ["to": to, "purpose": purpose, "agent": try global.rep(nil)])
    }
  }

  struct Wait: RequestCommand {
    static let verb = Verb.change(.outbound(.wait))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Option(help: "The number to call.") var to: String
    @Option(help: "dropped-call, voicemail, call-back, follow-up or other.") var purpose: String?
    @Option(name: .customLong("for"), help: "How many seconds to wait.") var seconds: String?
    func request() throws -> Request {
      ask(
        [],
        ["to": to, "purpose": purpose, "for": seconds, "agent": try global.rep(nil)])
    }
  }

  struct Cancel: RequestCommand {
    static let verb = Verb.change(.outbound(.cancel))
    static let configuration = CommandConfiguration(verb)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The request, such as r-3.") var waiting: String
    func request() -> Request { ask([waiting]) }
  }
}
