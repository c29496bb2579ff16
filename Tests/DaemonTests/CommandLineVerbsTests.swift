import ArgumentParser
import Testing
import Vocabulary

@testable import rotactl

/// What people can ask for by `rotactl` is what the vocabulary says.
@Suite struct CommandLineVerbsTests {
  /// Every command under `command`, itself included.
  private func commands(under command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap { commands(under: $0) }
  }

  @Test(
    "Every verb that is not the telephony's or the connection's has one command, of its name and summary"
  )
  func all() {
    let requests = commands(under: Rotactl.self).compactMap { $0 as? any RequestCommand.Type }
    // `rotactl status`, `watch` and `events` ask these; `raw` asks anything.
    let session = SessionVerb.allCases.map { Verb.question(.session($0)) }
    let telephony = Verb.all.filter { $0.declaration.roles == .telephony }
    let others = session + telephony
    let expected = Set(Verb.all).subtracting(others)
    #expect(Set(requests.map { $0.verb }) == expected && requests.count == expected.count)
    for request in requests {
      #expect(request.configuration.abstract == request.verb.declaration.summary)
      #expect(request.verb.name.hasSuffix(request.configuration.commandName ?? "?"))
    }
  }
}
