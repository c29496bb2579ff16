import Events
import LineProtocol
import YAMLTree

/// Reads the tree of a configuration file.
struct ConfigurationParser: TreeReader {
  let file: String
  let previous: Directory
  var problems: [Problem] = []
  var end = SourcePosition.first
  var directory = Directory()
  /// The names of the file, and their positions in ``directory``.
  var agentNames = NameTable()
  var queueNames = NameTable()
  var skillNames = NameTable()
  /// What was in force where the file is to be, if that is asked.
  var occupancy: Occupancy?
  /// Queues, by position, of which something is wrong: what a wrong value was replaced by is not judged.
  var doubtfulQueues: Set<Int> = []
  /// Whether something is wrong with the reps or the lists of names.
  var areNamesDoubtful = false
  /// Whether something is wrong with a queue, so that nobody can say who serves none.
  var areMembersDoubtful = false

  init(file: String, previous: Directory) {
    self.file = file
    self.previous = previous
  }
}
