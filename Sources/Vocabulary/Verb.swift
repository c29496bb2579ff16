/// What can be asked of the daemon. A verb that is not handled does not compile.
public enum Verb: Hashable, Sendable {
  /// Changes calls and reps: a command to the engine.
  case change(ChangeVerb)
  /// Adds to what has been recorded.
  case record(RecordVerb)
  /// Changes the daemon itself.
  case admin(AdminVerb)
  /// Changes nothing.
  case question(QuestionVerb)

  /// Every verb, by subject.
  public static let all: [Verb] = {
    let families = QuestionVerb.all.map(Verb.question) + ChangeVerb.all.map(Verb.change)
    let verbs = families + RecordVerb.allCases.map(Verb.record) + AdminVerb.allCases.map(Verb.admin)
    // In the order in which a subject is first met.
    var subjects: [String] = []
    for subject in verbs.map(\.described.subject) where !subjects.contains(subject) {
      subjects.append(subject)
    }
    return subjects.flatMap { subject in verbs.filter { $0.described.subject == subject } }
  }()

  private static let table = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  private static let declarations = Dictionary(
    uniqueKeysWithValues: all.map { ($0, $0.described) })

  /// The verb called `name`.
  /// - Complexity: O(1)
  public static func named(_ name: String) -> Verb? { table[name] }

  /// What is written on the line.
  public var name: String { declaration.name }

  /// Whether it changes anything: such verbs take a `key`, `if-seq` and `within`.
  public var isCommand: Bool {
    switch self {
    case .change, .record, .admin: true
    case .question: false
    }
  }

  /// What is said of it.
  /// - Complexity: O(1): made once.
  public var declaration: VerbDeclaration { Self.declarations[self] ?? described }

  private var described: VerbDeclaration {
    switch self {
    case .change(.agent(let verb)): verb.declaration
    case .change(.call(let verb)): verb.declaration
    case .change(.transfer(let verb)): verb.declaration
    case .change(.outbound(let verb)): verb.declaration
    case .record(let verb): verb.declaration
    case .admin(let verb): verb.declaration
    case .question(.session(let verb)): verb.declaration
    case .question(.board(let verb)): verb.declaration
    case .question(.report(let verb)): verb.declaration
    case .question(.journal(let verb)): verb.declaration
    }
  }
}

/// Commands to the engine.
public enum ChangeVerb: Hashable, Sendable {
  /// About a rep.
  case agent(AgentVerb)
  /// About a call.
  case call(CallVerb)
  /// About handing a call over.
  case transfer(TransferVerb)
  /// About calls out.
  case outbound(OutboundVerb)

  static let all: [ChangeVerb] =
    AgentVerb.allCases.map(ChangeVerb.agent) + CallVerb.allCases.map(ChangeVerb.call)
    + TransferVerb.allCases.map(ChangeVerb.transfer)
    + OutboundVerb.allCases.map(ChangeVerb.outbound)
}

/// Questions.
public enum QuestionVerb: Hashable, Sendable {
  /// About the connection and the daemon.
  case session(SessionVerb)
  /// About what is now.
  case board(BoardVerb)
  /// About what was, answered by the read model.
  case report(ReportVerb)
  /// About the journal itself.
  case journal(JournalVerb)

  static let all: [QuestionVerb] =
    SessionVerb.allCases.map(QuestionVerb.session) + BoardVerb.allCases.map(QuestionVerb.board)
    + ReportVerb.allCases.map(QuestionVerb.report)
    + JournalVerb.allCases.map(QuestionVerb.journal)
}

/// What a client asks about its connection, and about the daemon. Raw values are the words of the wire.
public enum SessionVerb: String, CaseIterable, Sendable {
  case ping, whoami, help, become, quit, subscribe, unsubscribe
  case attach = "feed.attach"
  case status = "admin.status"
}

/// What a client asks about the present state. Raw values are the words of the wire.
public enum BoardVerb: String, CaseIterable, Sendable {
  case agentList = "agent.list"
  case agentShow = "agent.show"
  case agentWhy = "agent.why"
  case queueList = "queue.list"
  case queueShow = "queue.show"
  case callList = "call.list"
  case callShow = "call.show"
  case callWhy = "call.why"
  case transferList = "transfer.list"
  case outboundList = "outbound.list"
}

/// What is asked of a rep. Raw values are the words of the wire.
public enum AgentVerb: String, CaseIterable, Sendable {
  case login = "agent.login"
  case logout = "agent.logout"
  case ready = "agent.ready"
  case notReady = "agent.not-ready"
  case dnd = "agent.dnd"
  case wrapUp = "agent.wrap-up"
  case phone = "agent.phone"
}

/// What happens to calls, and what reps do with them. Raw values are the words of the wire.
public enum CallVerb: String, CaseIterable, Sendable {
  case arrive = "call.arrive"
  case ringing = "call.ringing"
  case unreachable = "call.unreachable"
  case answered = "call.answered"
  case hangUp = "call.hang-up"
  case voicemail = "call.voicemail"
  case callBack = "call.call-back"
  case accept = "call.accept"
  case ignore = "call.ignore"
  case hold = "call.hold"
  case resume = "call.resume"
  case note = "call.note"
  case synchronise = "feed.sync"
}

/// The steps of a transfer. Raw values are the words of the wire.
public enum TransferVerb: String, CaseIterable, Sendable {
  case blind = "transfer.blind"
  case consult = "transfer.consult"
  case answer = "transfer.answer"
  case confirm = "transfer.confirm"
  case decline = "transfer.decline"
  case unreachable = "transfer.unreachable"
  case complete = "transfer.complete"
  case cancel = "transfer.cancel"
}

/// What reps ask for before they call out. Raw values are the words of the wire.
public enum OutboundVerb: String, CaseIterable, Sendable {
  case request = "outbound.request"
  case wait = "outbound.wait"
  case cancel = "outbound.cancel"
}

/// The reports. Raw values are the words of the wire.
public enum ReportVerb: String, CaseIterable, Sendable {
  case performance = "report.performance"
  case queue = "report.queue"
  case calls = "report.calls"
  case callBacks = "call-back.list"
}

/// What is added to what has been recorded, later. Raw values are the words of the wire.
public enum RecordVerb: String, CaseIterable, Sendable {
  case explain = "offer.explain"
}

/// What changes the daemon. Raw values are the words of the wire.
public enum AdminVerb: String, CaseIterable, Sendable {
  case reload = "admin.reload"
  case drain = "admin.drain"
}

/// What is asked of the journal. Raw values are the words of the wire.
public enum JournalVerb: String, CaseIterable, Sendable {
  case backup = "admin.backup"
  case verify = "admin.verify"
}
