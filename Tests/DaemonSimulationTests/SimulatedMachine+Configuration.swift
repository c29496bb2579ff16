import Foundation

// What becomes of the configuration file.

extension SimulatedMachine {
  /// What the configuration file may become: the first one, without a rep, with other rules, with an error.
  private static let edits: [[(old: String, new: String)]] = [
    [], [("  carol: { name: Carol, user: carol }\n", ""), ("bob, carol", "bob")],
    [("bob, carol", "bob")], [("wrap-up: 20", "wrap-up: 5")],
    [("strategy: longest-idle", "strategy: simultaneous")], [("max-wait: 60", "max-wait: sixty")],
  ]

  /// Makes the file one of ``edits``.
  func editConfiguration(_ number: Int) {
    configuration = Self.edits[number % Self.edits.count].reduce(Self.yaml) { text, edit in
      text.replacingOccurrences(of: edit.old, with: edit.new)
    }
  }

  /// A daemon that starts with an error in its file would not start.
  var startable: String {
    if configuration.contains("sixty") { configuration = Self.yaml }
    return configuration
  }
}
