import Base
import Events

extension CallBook {
  /// Reads or writes all of it, in the order of its numbers.
  mutating func archive(_ archive: inout some StateArchive) {
    Self.table(&entries, Entry(name: ""), &archive) { $0.archive(&$1) }
    Self.table(&briefings, Briefing(to: "", who: "", about: "", call: 0, changedAt: 0), &archive) {
      $0.archive(&$1)
    }
    Self.table(&numbers, "", &archive) { $1.text(&$0) }
    Self.table(&wrapUps, 0, &archive) { $1.integer(&$0) }
    Self.table(&agentsChangedAt, 0, &archive) { $1.integer(&$0) }
    archive.array(&feedNames, of: "") { $1.text(&$0) }
    archiveNames(&archive)
  }

  /// Of two calls of one name the one opened last is found by it.
  private mutating func archiveNames(_ archive: inout some StateArchive) {
    var rows = calls.sorted { $0.key < $1.key }.map { (name: $0.key, call: $0.value) }
    archive.array(&rows, of: (name: "", call: 0)) { row, archive in
      archive.text(&row.name)
      archive.integer(&row.call)
    }
    if archive.isReading {
      calls = Dictionary(rows.map { ($0.name, $0.call) }, uniquingKeysWith: { $1 })
    }
  }

  private static func table<Key: FixedWidthInteger & Hashable, Value, Archive: StateArchive>(
    _ table: inout [Key: Value], _ blank: Value, _ archive: inout Archive,
    _ body: (inout Value, inout Archive) -> Void
  ) {
    var rows = table.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    archive.array(&rows, of: (key: 0, value: blank)) { row, archive in
      archive.integer(&row.key)
      body(&row.value, &archive)
    }
    if archive.isReading {
      table = Dictionary(rows.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }
  }
}

extension CallBook.Entry {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    archive.text(&name)
    for path in [\Self.from, \Self.to, \Self.callerName] {
      archive.optional(&self[keyPath: path], "") { $1.text(&$0) }
    }
    for part in Detail.Name.allCases where part.isOfWriteUp {
      archive.optional(&writeUp[part], "") { $1.text(&$0) }
    }
    archive.integer(&changedAt)
    archive.boolean(&hasEnded)
  }
}

extension CallBook.Briefing {
  fileprivate mutating func archive(_ archive: inout some StateArchive) {
    archive.text(&to)
    archive.text(&who)
    archive.text(&about)
    archive.integer(&call)
    archive.optional(&agent, 0) { $1.integer(&$0) }
    archive.integer(&changedAt)
  }
}
