import Base
import Events
import Routing
import YAMLTree
import Yams

// Which name has which position. Old names keep theirs, new ones come after them, and a name that was another
// (`was: OLD`) takes over the position of the old one.

extension ConfigurationParser {
  typealias Entry = (key: String, keyNode: Node, value: Node)

  // MARK: Queues and reps

  /// The position of each name of a section.
  mutating func positions(of entries: [Entry], _ kind: NameKind) -> NameTable {
    let known = knownNames(kind)
    let count = kind == .queues ? previous.queues.count : previous.agents.count
    var table = NameTable()
    var renaming = Renaming(kind: kind, known: known, configured: Set(entries.map(\.key)))
    var next = count
    var beyond: Node?
    for entry in entries {
      let old = oldPosition(of: entry, &renaming)
      let position = known[entry.key]?.position ?? old ?? next
      if position == next { next += 1 }
      if position >= kind.limit { beyond = beyond ?? entry.keyNode }
      table.add(entry.key, at: position)
    }
    if let beyond { complainOfLimit(beyond, kind, known: count, new: next - count) }
    return table
  }

  private struct Known {
    var position: Int
    var isRetired: Bool
  }

  private struct Renaming {
    let kind: NameKind
    let known: [String: Known]
    let configured: Set<String>
    /// New names by old ones.
    var taken: [String: String] = [:]
  }

  private func knownNames(_ kind: NameKind) -> [String: Known] {
    let rows =
      kind == .queues
      ? previous.queues.map { ($0.name, $0.isRetired) }
      : previous.agents.map { ($0.name, $0.isRetired) }
    let pairs = rows.enumerated().map {
      ($1.0, Known(position: $0, isRetired: $1.1))
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  /// The position that `was` leads to, if it has an effect.
  private mutating func oldPosition(of entry: Entry, _ renaming: inout Renaming) -> Int? {
    guard let node = entry.value.mapping?["was"] else { return nil }
    let old = text(node, "was")
    if old.isEmpty { return nil }
    let kind = renaming.kind.singular
    if old == entry.key {
      complain(node, "was: \"\(old)\" is the name it has; \"was\" says the one it had before")
    } else if renaming.configured.contains(old) {
      complain(
        node, "was: \"\(old)\" is still a \(kind) of this file; a \(kind) has one name at a time")
    } else if let other = renaming.taken.updateValue(entry.key, forKey: old) {
      complain(node, "was: \"\(old)\" is said to be \"\(other)\" now already; it can be one only")
    } else if renaming.known[entry.key] == nil, let known = renaming.known[old] {
      return known.position
    } else {
      warnOfWas(node, old, entry.key, renaming)
    }
    return nil
  }

  /// A `was` that has done its work may stay; one that never will is said to be without effect.
  private mutating func warnOfWas(
    _ node: Node, _ old: String, _ name: String, _ renaming: Renaming
  ) {
    let kind = renaming.kind.singular
    if renaming.known.isEmpty { return }
    if renaming.known[name] != nil {
      guard let known = renaming.known[old], !known.isRetired else { return }
      warn(
        node,
        "was: \"\(name)\" has a place of its own from before, so nothing of \"\(old)\" comes along; take a name that was never used"
      )
      return
    }
    let gone = renaming.known.filter { !$0.value.isRetired }.keys
      .filter { !renaming.configured.contains($0) }.sorted()
    warn(
      node,
      "was: no \(kind) \"\(old)\" is known, so \"\(name)\" begins as a new one\(Suggestion.hint(for: old, in: gone))"
    )
  }

  // MARK: Skills and reasons

  mutating func parseSkillsAndReasons(_ skills: Node?, _ reasons: Node?) {
    let (allSkills, skillTable) = appended(skills, .skills, to: previous.skills)
    let (allReasons, reasonTable) = appended(reasons, .reasons, to: previous.reasons)
    directory.skills = allSkills
    directory.reasons = allReasons
    skillNames = skillTable
    let retired = Directory.Retired(
      skills: retired(allSkills, skillTable), reasons: retired(allReasons, reasonTable))
    if retired != Directory.Retired() { directory.retired = retired }
    if let reasons, reasonTable.names.count > Limits.reasonsInForce {
      complain(reasons, "not-ready-reasons: at most \(Limits.reasonsInForce)")
    }
  }

  /// Old names keep their positions; new ones come after them.
  private mutating func appended(
    _ node: Node?, _ kind: NameKind, to old: [String]
  ) -> ([String], NameTable) {
    var all = old
    var table = NameTable()
    var positions = Dictionary(
      old.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var beyond: Node?
    for item in node.map({ list($0, kind.plural) }) ?? [] {
      let name = identifier(item, kind.plural)
      if table.positions[name] != nil {
        complain(item, "\(kind.plural): \"\(name)\" is given twice")
        continue
      }
      let position = positions[name] ?? all.count
      if position == all.count {
        all.append(name)
        positions[name] = position
      }
      if position >= kind.limit { beyond = beyond ?? item }
      table.add(name, at: position)
    }
    if let beyond {
      complainOfLimit(beyond, kind, known: old.count, new: all.count - old.count)
    }
    return (all, table)
  }

  private func retired(_ all: [String], _ table: NameTable) -> [Int] {
    all.indices.filter { table.positions[all[$0]] != $0 }
  }
}
