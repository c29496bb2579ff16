import Foundation
import Testing

/// Each rule that is broken on purpose is still where `Tests/mutants.txt` says: what no longer applies is found at once,
/// and not when the hour and a half of `make mutants` is run. `Tests/mutants` takes this file out of its copies.
@Suite struct MutantTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("Each mutant applies, exactly once")
  func apply() throws {
    let list = try String(
      contentsOf: Self.root.appending(path: "Tests/mutants.txt"), encoding: .utf8)
    let blocks = list.matches(
      of: #/(?m)^== (?<title>.+)\n@@ (?<file>\S+).*\n-----\n(?<old>(?s:.*?))\n\+\+\+\+\+\n/#)
    #expect(blocks.count > 400)
    #expect(blocks.count == list.matches(of: #/(?m)^== /#).count, "each is a whole block")
    var sources: [Substring: String] = [:]
    for block in blocks {
      let source = try sources[block.file] ?? text(of: block.file)
      sources[block.file] = source
      // Leading blanks do not count, as there.
      let old = block.old.trimmingCharacters(in: .whitespacesAndNewlines)
      let count = source.components(separatedBy: old).count - 1
      #expect(count == 1, "\(block.title): found \(count) times in \(block.file)")
    }
  }

  private func text(of file: Substring) throws -> String {
    try String(contentsOf: Self.root.appending(path: String(file)), encoding: .utf8)
  }
}
