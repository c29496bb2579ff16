import Base
import Events
import LineProtocol
import Routing
import Testing
import Vocabulary

private func parse(_ text: String) throws -> Request? {
  try LineParser.request(Array(text.utf8)[...])
}

@Suite struct VerbTests {
  @Test("Names are unique, of the grammar, and every argument is explained")
  func declarations() throws {
    #expect(Set(Verb.all.map(\.name)).count == Verb.all.count)
    #expect(
      Set(Verb.all).isSuperset(of: CallVerb.allCases.map { .change(.call($0)) })
        && Set(Verb.all).isSuperset(of: AdminVerb.allCases.map { .admin($0) }))
    for verb in Verb.all.map(\.declaration) {
      #expect(try parse(verb.name)?.verb == verb.name)
      #expect(!verb.summary.isEmpty && verb.summary.hasSuffix("."))
      #expect(!verb.roles.roles.isEmpty)
      #expect(verb.roles.contains(.admin))
      for parameter in verb.words + verb.allOptions { #expect(!parameter.summary.isEmpty) }
      #expect(Set(verb.allOptions.map(\.name)).count == verb.allOptions.count)
    }
  }

  @Test("Complaints say what was expected and what was probably meant")
  func complaints() throws {
    func complaint(_ line: String) throws -> String? {
      guard let request = try parse(line) else { return nil }
      do throws(ArgumentError) {
        _ = try Verb.named(request.verb)?.declaration.arguments(of: request)
        return nil
      } catch {
        return error.text
      }
    }
    #expect(
      try complaint("agent.not-ready alice reson=lunch")
        == "unknown option \"reson\"; did you mean \"reason\"?")
    #expect(
      try complaint("agent.not-ready alice")
        == "option \"reason\" is missing: one of the configured reasons")
    #expect(
      try complaint("agent.dnd alice onn")
        == "switch: expected one of on, off, not \"onn\"; did you mean \"on\"?")
    #expect(
      try complaint("call.arrive c-1 queue=q priority=10")
        == "priority: expected a whole number from 0 to 9, not \"10\"")
    #expect(try complaint("agent.login") == "agent is missing; agent.login AGENT")
    #expect(try complaint("agent.login a b") == "unexpected argument \"b\"; agent.login AGENT")
    #expect(try complaint("call.arrive c queue=a queue=b") == "option \"queue\" is given twice")
    #expect(try complaint("agent.ready alice key=k-1 within=2.5 if-seq=7") == nil)
    #expect(try complaint("ping key=k") == "unknown option \"key\"")
  }

  @Test("Arguments are read once, each as what it is")
  func arguments() throws {
    func arguments(_ line: String) throws -> Arguments {
      let request = try #require(try parse(line))
      return try #require(Verb.named(request.verb)).declaration.arguments(of: request)
    }
    let arrival = try arguments("call.arrive c-1 queue=q credit=2m priority=3 skills=de,fr")
    #expect(arrival[.call] == "c-1" && arrival[.queue] == "q")
    #expect(arrival[.credit] == .minutes(2) && arrival[.priority] == 3)
    #expect(arrival[.skills] == ["de", "fr"] && arrival[.name] == nil)
    let dnd = try arguments("agent.dnd alice off for=90")
    #expect(dnd.choice(.onOff, as: OnOff.self) == .off && dnd[.duration] == .seconds(90))
    let wrapUp = try arguments("agent.wrap-up alice extend by=3m")
    #expect(wrapUp[.more] == .minutes(3) && wrapUp[TextName.party] == nil)
    let report = try arguments("report.queue from=2026-11-30T08:00:00Z interval=900")
    #expect(report[TimeName.from] == Timestamp.parse("2026-11-30T08:00:00Z"))
    #expect(report[.interval] == 900 && report[TextName.from] == nil)
  }

  @Test("Words of choices are those of the engine, and every command has what all commands take")
  func choices() throws {
    func words(_ verb: CallVerb, _ name: String) -> [String] {
      let options = Verb.change(.call(verb)).declaration.options
      guard case .text(_, .choice(let words))? = options.first(where: { $0.name == name })?.kind
      else { return [] }
      return words
    }
    #expect(Set(words(.hangUp, "cause")) == Set(HangUpCause.allCases.map(\.word)))
    #expect(Set(words(.hangUp, "by")) == Set(Party.allCases.map(\.word)))
    #expect(VerbDeclaration.purposes == OutboundPurpose.allCases.map(\.word))
    for verb in Verb.all {
      #expect(verb.isCommand == verb.declaration.isCommand)
      #expect(verb.declaration.allOptions.contains { $0.name == "key" } == verb.isCommand)
      #expect(Verb.named(verb.name) == verb)
    }
  }

  @Test func suggestions() {
    #expect(Suggestion.nearest(to: "agnet.list", in: Verb.all.map(\.name)) == "agent.list")
    #expect(Suggestion.nearest(to: "xyz", in: ["rotating", "random"]) == nil)
  }
}
