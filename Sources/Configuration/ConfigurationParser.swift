import Foundation
import LineProtocol
import Routing
import Yams

/// Reads the tree of a configuration file.
struct ConfigurationParser: TreeReader {
  let file: String
  let previous: Directory
  var problems: [Problem] = []
  var end = Place.first
  var directory = Directory()

  init(file: String, previous: Directory) {
    self.file = file
    self.previous = previous
  }
}
