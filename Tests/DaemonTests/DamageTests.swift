import Client
import Foundation
import Testing

/// A journal with wrong bytes, wherever they are.
@Suite struct DamageTests {
  @Test(
    "A damaged journal ends the start with 65, which no other start would mend, or hurts nothing that is read"
  )
  func anywhere() throws {
    let source = try TestDaemon().start()
    let admin = try source.client()
    for rep in ["alice", "bob"] {
      try admin.ask("agent.login \(rep)")
      try admin.ask("agent.ready \(rep)")
    }
    for number in 0..<60 {
      try admin.ask("call.arrive c-\(number) queue=support from=+1312\(number) key=k-\(number)")
    }
    let copy = source.directory.appending(path: "copy.sqlite")
    #expect(try admin.ask("admin.backup \(copy.path)").isPositive)
    let whole = try Data(contentsOf: copy)
    var random = SystemRandomNumberGenerator()
    var codes: [Int32: Int] = [:]
    for part in 0..<16 {
      var bytes = whole
      let begin = whole.count * part / 16 / 512 * 512
      for index in begin..<min(begin + 2_048, bytes.count) { bytes[index] = random.next() }
      let daemon = try TestDaemon()
      try FileManager.default.createDirectory(at: daemon.state, withIntermediateDirectories: true)
      try bytes.write(to: daemon.state.appending(path: "journal.sqlite"))
      do {
        try daemon.start()
        daemon.kill()
        codes[0, default: 0] += 1
      } catch let failure as CommandFailure {
        codes[failure.exitCode, default: 0] += 1
        #expect(failure.exitCode == 65, "from byte \(begin): \(failure)")
      }
    }
    #expect(codes[65, default: 0] > 8, "\(codes)")
  }
}
