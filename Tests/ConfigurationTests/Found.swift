import Events
import YAMLTree

@testable import Configuration

/// Warnings and errors, in the order of the file, without its name.
func found(_ yaml: String, keeping previous: Directory = Directory()) -> [String] {
  do {
    return try Configuration(yaml: yaml, file: "f", keeping: previous).warnings
      .map { String($0.description.dropFirst(2)) }
  } catch {
    return error.problems.map { String($0.description.dropFirst(2)) }
  }
}

/// A file with reps a and b, who has the skill spanish, and these queues.
func team(_ queues: String, _ rest: String = "") -> String {
  "agents: {a: {}, b: {skills: [spanish]}}\nskills: [spanish]\nqueues:\n\(queues)\(rest)"
}
