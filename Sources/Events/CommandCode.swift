import Base
import Frames
public import Routing

// Commands to the engine as the headers of steps keep them.

extension Command {
  /// The cases; raw values are the journal's numbers, never given a new meaning.
  enum Kind: UInt8, CaseIterable {
    case arrive = 1
    case hangUp = 2
    case leaveForVoicemail = 3
    case acceptCallBack = 4
    case reportRinging = 5
    case reportUnreachable = 6
    case reportOutboundAnswered = 7
    case answer = 8
    case ignore = 9
    case hold = 10
    case resume = 11
    case writeUp = 12
    case blindTransfer = 13
    case consult = 14
    case answerConsult = 15
    case confirmTransfer = 16
    case declineTransfer = 17
    case completeTransfer = 18
    case cancelTransfer = 19
    case requestOutbound = 20
    case cancelOutbound = 21
    case logIn = 22
    case logOut = 23
    case makeReady = 24
    case makeNotReady = 25
    case extendWrapUp = 26
    case endWrapUp = 27
    case setOfficeHours = 28
    case startDay = 29
    case attachFeed = 30
    case loseFeed = 31
    case reportPhone = 32
    case assignPhone = 33
    case reportConsultUnreachable = 34
    case reportLineLost = 35
  }

  /// The command as integers.
  var code: EventCode {
    switch self {
    case .arrive(let queue, let priority, let credit, let skills, let feed):
      .of(.arrive, queue, priority, credit, skills, feed)
    case .hangUp(let call, let by, let cause): .of(.hangUp, call, by, cause)
    case .reportLineLost(let call): .of(.reportLineLost, call)
    case .leaveForVoicemail(let call): .of(.leaveForVoicemail, call)
    case .acceptCallBack(let call): .of(.acceptCallBack, call)
    case .reportRinging(let call, let agent): .of(.reportRinging, call, agent)
    case .reportUnreachable(let call, let agent): .of(.reportUnreachable, call, agent)
    case .reportOutboundAnswered(let call): .of(.reportOutboundAnswered, call)
    case .answer(let call, let agent, let offer): .of(.answer, call, agent, offer)
    case .ignore(let call, let agent, let offer, let by): .of(.ignore, call, agent, offer, by)
    case .hold(let call, let agent): .of(.hold, call, agent)
    case .resume(let call, let agent): .of(.resume, call, agent)
    case .writeUp(let call, let agent, let fields): .of(.writeUp, call, agent, fields)
    case .blindTransfer(let call, let agent): .of(.blindTransfer, call, agent)
    case .consult(let call, let agent, let to, let told): .of(.consult, call, agent, to, told)
    case .answerConsult(let transfer, let agent): .of(.answerConsult, transfer, agent)
    case .confirmTransfer(let transfer, let agent): .of(.confirmTransfer, transfer, agent)
    case .declineTransfer(let transfer, let agent): .of(.declineTransfer, transfer, agent)
    case .reportConsultUnreachable(let transfer, let agent):
      .of(.reportConsultUnreachable, transfer, agent)
    case .completeTransfer(let transfer, let agent): .of(.completeTransfer, transfer, agent)
    case .cancelTransfer(let transfer, let agent): .of(.cancelTransfer, transfer, agent)
    case .requestOutbound(let agent, let what, let span): .of(.requestOutbound, agent, what, span)
    case .cancelOutbound(let request): .of(.cancelOutbound, request)
    case .logIn(let agent): .of(.logIn, agent)
    case .logOut(let agent, let by): .of(.logOut, agent, by)
    case .makeReady(let agent, let queue, let why, let by): .of(.makeReady, agent, queue, why, by)
    case .makeNotReady(let agent, let reason, let until, let queue, let by):
      .of(.makeNotReady, agent, reason, until, queue, by)
    case .extendWrapUp(let agent, let span): .of(.extendWrapUp, agent, span)
    case .endWrapUp(let agent): .of(.endWrapUp, agent)
    case .setOfficeHours(let queue, let from, let to): .of(.setOfficeHours, queue, from, to)
    case .startDay: .of(.startDay)
    case .attachFeed(let feed): .of(.attachFeed, feed)
    case .loseFeed(let feed): .of(.loseFeed, feed)
    case .reportPhone(let agent, let phone, let feed): .of(.reportPhone, agent, phone, feed)
    case .assignPhone(let agent, let feed): .of(.assignPhone, agent, feed)
    }
  }

  /// The command that `code` stands for; `nil` for an unknown kind or an impossible field.
  init?(_ code: EventCode) {
    guard let kind = Kind(rawValue: code.kind) else { return nil }
    var fields = FieldReader(code)
    guard let command = try? Self(kind, &fields), command.code == code else { return nil }
    self = command
  }

  private init(_ kind: Kind, _ fields: inout FieldReader) throws(ImpossibleField) {
    self =
      switch kind {
      case .arrive: try fields.make(Command.arrive)
      case .hangUp: try fields.make(Command.hangUp)
      case .reportLineLost: try fields.make(Command.reportLineLost)
      case .leaveForVoicemail: try fields.make(Command.leaveForVoicemail)
      case .acceptCallBack: try fields.make(Command.acceptCallBack)
      case .reportRinging: try fields.make(Command.reportRinging)
      case .reportUnreachable: try fields.make(Command.reportUnreachable)
      case .reportOutboundAnswered: try fields.make(Command.reportOutboundAnswered)
      case .answer: try fields.make(Command.answer)
      case .ignore: try fields.make(Command.ignore)
      case .hold: try fields.make(Command.hold)
      case .resume: try fields.make(Command.resume)
      case .writeUp: try fields.make(Command.writeUp)
      case .blindTransfer: try fields.make(Command.blindTransfer)
      case .consult: try fields.make(Command.consult)
      case .answerConsult: try fields.make(Command.answerConsult)
      case .confirmTransfer: try fields.make(Command.confirmTransfer)
      case .declineTransfer: try fields.make(Command.declineTransfer)
      case .reportConsultUnreachable: try fields.make(Command.reportConsultUnreachable)
      case .completeTransfer: try fields.make(Command.completeTransfer)
      case .cancelTransfer: try fields.make(Command.cancelTransfer)
      case .requestOutbound: try fields.make(Command.requestOutbound)
      case .cancelOutbound: try fields.make(Command.cancelOutbound)
      case .logIn: try fields.make(Command.logIn)
      case .logOut: try fields.make(Command.logOut)
      case .makeReady: try fields.make(Command.makeReady)
      case .makeNotReady: try fields.make(Command.makeNotReady)
      case .extendWrapUp: try fields.make(Command.extendWrapUp)
      case .endWrapUp: try fields.make(Command.endWrapUp)
      case .setOfficeHours: try fields.make(Command.setOfficeHours)
      case .startDay: .startDay
      case .attachFeed: try fields.make(Command.attachFeed)
      case .loseFeed: try fields.make(Command.loseFeed)
      case .reportPhone: try fields.make(Command.reportPhone)
      case .assignPhone: try fields.make(Command.assignPhone)
      }
  }

  // MARK: Headers

  /// Appends the command to the header of its step: the stream it belongs to, and its code.
  func write(to bytes: inout [UInt8]) {
    bytes.append(RecordStream.routing.rawValue)
    code.write(to: &bytes)
  }

  /// The commands of a step's header.
  /// - Returns: `nil` if the bytes are no commands that this program knows.
  public static func list(from bytes: ArraySlice<UInt8>) -> [Command]? {
    var commands: [Command] = []
    var position = bytes.startIndex
    while position < bytes.endIndex {
      guard bytes[position] == RecordStream.routing.rawValue else { return nil }
      position += 1
      guard let code = EventCode.read(from: bytes, at: &position), let command = Command(code)
      else { return nil }
      commands.append(command)
    }
    return commands
  }
}
