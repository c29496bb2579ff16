import Foundation
import Testing

/// The source text itself, held to the rules of CONTRIBUTING.md.
@Suite struct SourceTests {
  private struct File {
    var path: String
    var lines: [String]
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func files(under folder: String) -> [File] {
    let base = root.appending(path: folder)
    let all = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    return (all?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "swift" && !$0.path.contains("/.build") }
      .sorted { $0.path < $1.path }
      .compactMap { url in
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        let path = String(url.path.dropFirst(root.path.count + 1))
        return File(path: path, lines: text.components(separatedBy: "\n"))
      }
  }

  private static let sources = files(under: "Sources")
  private static let tests = files(under: "Tests")

  @Test("There is source text to look at")
  func found() {
    #expect(Self.sources.count > 40)
    #expect(Self.tests.count > 10)
  }

  @Test("Files are about one thing: at most 400 lines")
  func fileLength() {
    for file in Self.sources + Self.tests {
      #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines")
    }
  }

  @Test("Functions fit in the head: at most 40 lines")
  func functionLength() {
    for file in Self.sources {
      for (name, line, length) in Self.functions(of: file) {
        #expect(length <= 40, "\(file.path):\(line): \(name) has \(length) lines")
      }
    }
  }

  /// Functions and initializers: from the line that begins one to the line that closes its body.
  private static func functions(of file: File) -> [(name: String, line: Int, length: Int)] {
    var result: [(String, Int, Int)] = []
    for (index, line) in file.lines.enumerated() {
      let body = line.drop { $0 == " " }
      guard
        body.firstMatch(
          of:
            /^((public|private|fileprivate|internal|static|mutating|override|convenience) )*(func |init[?(<])/
        ) != nil
      else { continue }
      let indent = line.count - body.count
      let closing = String(repeating: " ", count: indent) + "}"
      // On one line; or without a body, as a protocol demands it.
      if body.hasSuffix("}") || !body.contains("{") && !body.hasSuffix("(") { continue }
      guard let end = file.lines[index...].firstIndex(of: closing) else { continue }
      let name = body.prefix { $0 != "{" }
      result.append((String(name), index + 1, end - index - 1))
    }
    return result
  }

  /// The table of CONTRIBUTING.md: each room and what it imports.
  private static let arrows: [String: Set<String>] = {
    let url = root.appending(path: "CONTRIBUTING.md")
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    var arrows: [String: Set<String>] = [:]
    for line in text.components(separatedBy: "\n") {
      guard let match = line.firstMatch(of: /^\| `(\w+)` \| .* \| (.*?)\|$/) else { continue }
      arrows[String(match.1)] = Set(match.2.matches(of: /`(\w+)`/).map { String($0.1) })
    }
    return arrows
  }()

  @Test(
    "Every room imports what the table of CONTRIBUTING.md says, and no more; arrows point one way")
  func imports() {
    var found: [String: Set<String>] = [:]
    for file in Self.sources {
      let room = String(file.path.split(separator: "/")[1])
      for line in file.lines {
        let import_ = /^(?:public |internal |package |@testable )*import (\w+)/
        guard let match = line.firstMatch(of: import_) else { continue }
        found[room, default: []].insert(String(match.1))
      }
    }
    #expect(Self.arrows.count >= 14)
    for (room, imported) in found where !room.hasPrefix("rota") {
      #expect(Self.arrows[room] == imported, "\(room)")
    }
    // Rooms can be taken away one after another, each of which needs none that is left.
    var left = Self.arrows
    while let free = left.first(where: { $0.value.isDisjoint(with: left.keys) }) {
      left[free.key] = nil
    }
    #expect(left.isEmpty, "a circle among \(left.keys.sorted())")
  }

  @Test("The package names exactly the rooms that a room, a program or its tests import")
  func packageArrows() throws {
    let text = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
    let rooms = Set(Self.sources.map { String($0.path.split(separator: "/")[1]) })
      .union(["TestSupport"])
    let target =
      /\.(target|executableTarget|testTarget)\(\s*name: "(\w+)",\s*(?:dependencies: \[((?:[^\[\]]|\[[^\]]*\])*)\])?/
    var count = 0
    for match in text.matches(of: target) {
      let (kind, name) = (match.1, match.2)
      let folder = kind == "testTarget" || name == "TestSupport" ? "Tests" : "Sources"
      let files = (folder == "Tests" ? Self.tests : Self.sources)
        .filter { $0.path.hasPrefix("\(folder)/\(name)/") }
      if files.isEmpty { continue }
      let list = (match.3 ?? "").replacing(/\.product\([^)]*\)/, with: "")
      // Programs are named so that they are built.
      let named = Set(list.matches(of: /"(\w+)"/).map { String($0.1) })
        .filter { rooms.contains($0) && !$0.hasPrefix("rota") }
      let import_ = /^(?:public |internal |package |@testable )*import (\w+)/
      let imported = Set(
        files.flatMap(\.lines).compactMap { $0.firstMatch(of: import_).map { String($0.1) } }
      ).intersection(rooms).filter { !$0.hasPrefix("rota") }
      #expect(named == imported, "\(name)")
      count += 1
    }
    #expect(count > 40, "\(count) targets")
  }

  @Test("The pure rooms know neither Foundation nor the operating system, nor modules that know it")
  func pureRooms() {
    let foreign: Set<String> = ["Foundation", "Glibc", "Dispatch", "Synchronization"]
    for room in [
      "Base", "Frames", "Measures", "Routing", "Engines", "LineProtocol", "Vocabulary", "Events",
      "Switchboard",
      "Stochastics", "Staffing", "Simulation",
    ] {
      var known: Set<String> = [room]
      var next = known
      while !next.isEmpty {
        next = Set(next.flatMap { Self.arrows[$0] ?? [] }).subtracting(known)
        known.formUnion(next)
      }
      #expect(known.isDisjoint(with: foreign), "\(room) knows \(known.sorted())")
    }
  }

  @Test("What is written is written by one room, which knows the C library and nothing else")
  func oneWriter() {
    let others =
      /(^|[^.\w])(print|fputs|puts)\(|create(File|Directory)\(|atomically:|toFile:|Glibc\.write|FileHandle\.standard/
    for file in Self.sources {
      for (index, line) in file.lines.enumerated() {
        let place = "\(file.path):\(index + 1): \(line)"
        if file.path.hasPrefix("Sources/Output/") {
          let module = line.firstMatch(of: /^(?:public )?import (\w+)/)
          #expect(module.map { $0.1 == "Glibc" } ?? true, "\(place)")
        } else if file.path.hasPrefix("Sources/rota"), !line.contains("func ") {
          #expect(line.firstMatch(of: others) == nil, "\(place)")
        }
      }
    }
  }

  @Test("No default over an enumeration of our own: what is not ours is named beside it")
  func defaults() {
    let declaration = /\b(?:enum|struct|class|protocol) (\w+)/
    let own = Set(
      Self.sources.flatMap(\.lines).flatMap { $0.matches(of: declaration).map { String($0.1) } })
    var count = 0
    for file in Self.sources {
      for (index, line) in file.lines.enumerated() where line.contains(/^\s*default:/) {
        count += 1
        let place = "\(file.path):\(index + 1)"
        guard let mark = line.firstMatch(of: /\/\/ foreign: (.+)$/) else {
          Issue.record("\(place): a default without \"// foreign: TYPE\"")
          continue
        }
        let types = mark.1.matches(of: /\w+/).map { String($0.0) }
        #expect(!types.contains(where: own.contains), "\(place): \(mark.1) is ours")
      }
    }
    #expect(count > 10, "there are some over types that are not ours")
  }

  @Test("No stored variable of a class is open to another file")
  func openVariables() {
    let declaration = /^( *)(?:\w+ )*class \w+/
    let variable = /^ *((?:@?\w+(?:\(set\))? )*)var \w+(.*)$/
    var count = 0
    for file in Self.sources {
      var indent: Int?
      for (index, line) in file.lines.enumerated() {
        let depth = line.prefix { $0 == " " }.count
        if let match = line.firstMatch(of: declaration) {
          indent = match.1.count
        } else if depth == indent, line.hasSuffix("}") {
          indent = nil
        } else if depth == indent.map({ $0 + 2 }), let match = line.firstMatch(of: variable) {
          // Computed, or stored with observers, which is written over several lines.
          let beforeBody = match.2.prefix { $0 != "{" }
          if beforeBody.count < match.2.count, !beforeBody.contains(" = ") { continue }
          count += 1
          #expect(match.1.contains("private"), "\(file.path):\(index + 1): \(line)")
        }
      }
    }
    #expect(count > 80, "there are some, and \(count) were found")
  }

  @Test("Decision records are numbered by room, and each has its four parts")
  func decisions() throws {
    let base = Self.root.appending(path: "Sources")
    let all = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    let records = (all?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "md" && $0.path.contains("/Decisions/") }
    #expect(records.count > 15)
    for (folder, records) in Dictionary(grouping: records, by: { $0.deletingLastPathComponent() }) {
      let numbers = records.compactMap { Int($0.lastPathComponent.prefix(4)) }.sorted()
      #expect(numbers == Array(1...records.count), "\(folder.path)")
    }
    for record in records {
      let text = try String(contentsOf: record, encoding: .utf8)
      let number = Int(record.lastPathComponent.prefix(4)) ?? 0
      #expect(text.hasPrefix("# \(number). "), "\(record.path)")
      for part in ["\nStatus: ", "\n**Context.**", "\n**Decision.**", "\n**Consequences.**"] {
        #expect(text.contains(part), "\(record.lastPathComponent): \(part)")
      }
    }
  }

  @Test("Public symbols are documented")
  func documentation() {
    for file in Self.sources {
      for (index, line) in file.lines.enumerated() {
        let body = line.drop { $0 == " " }
        guard
          body.firstMatch(
            of:
              /^public (?:internal\(set\) |private\(set\) |fileprivate\(set\) )?(?:final |static |mutating )*(?:func|var|let|struct|enum|class|protocol|init|subscript|typealias)\b/
          )
            != nil
        else { continue }
        // Operators and witnesses of protocols say what they mean by their names.
        if body.contains("static func <") || body.contains("static func ==") { continue }
        if file.path.hasSuffix("LogHandler.swift") { continue }
        let above = file.lines[..<index].reversed().first {
          let text = $0.drop { $0 == " " }
          return !text.hasPrefix("@")
        }
        let text = above?.drop { $0 == " " } ?? ""
        #expect(text.hasPrefix("///"), "\(file.path):\(index + 1): \(body)")
      }
    }
  }

  @Test("The engine never iterates over a Dictionary or Set: their order differs between two runs")
  func deterministicCore() {
    for file in Self.sources where file.path.hasPrefix("Sources/Routing/") {
      for (index, line) in file.lines.enumerated() where !line.contains("//") {
        #expect(
          line.firstMatch(
            of: /\bin [a-z]\w*(Dictionary|Set|ById)\b|Dictionary\(|\.keys\b|\.values\b/)
            == nil, "\(file.path):\(index + 1): \(line)")
      }
    }
  }

  @Test("Nothing is left to be done later, and no test passes by doing nothing")
  func unfinished() {
    let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "not implem" + "ented"]
    for file in Self.sources + Self.tests {
      for (index, line) in file.lines.enumerated() {
        for word in words {
          #expect(!line.contains(word), "\(file.path):\(index + 1): \(line)")
        }
      }
    }
    for file in Self.tests where !file.path.contains("SourceTests") {
      for (index, line) in file.lines.enumerated() {
        #expect(!line.contains("#expect(true"), "\(file.path):\(index + 1)")
      }
    }
  }
}
