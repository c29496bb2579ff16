import Base
import Testing
import YAMLTree
import Yams

/// Trees of YAML read into values, each problem where it is.
@Suite struct TreeReaderTests {
  private struct Reader: TreeReader {
    var file = "f.yaml"
    var problems: [Problem] = []
    var end = SourcePosition.first
  }

  /// What `read` makes of `yaml`, and everything that is said about it.
  private func read<T>(
    _ yaml: String, _ read: (inout Reader, Node) -> T
  ) -> (value: T?, said: [String]) {
    var reader = Reader()
    let value = reader.tree(yaml).map { read(&reader, $0) }
    return (value, reader.problems.map(\.description))
  }

  @Test(
    "Spans, shares, numbers and names are read, or refused with their place and what was expected")
  func values() {
    let spans = read("[90, 1.5, 3m, 2h]") { reader, node in
      reader.list(node, "list").map { reader.span($0, "span") }
    }
    #expect(spans.value == [.seconds(90), .microseconds(1_500_000), .seconds(180), .hours(2)])
    #expect(spans.said.isEmpty)
    let shares = read("[0.8, 80%, 120%]") { reader, node in
      reader.list(node, "list").map { reader.share($0, "share") }
    }
    #expect(shares.value == [0.8, 0.8, 0])
    #expect(shares.said == ["f.yaml:1:12: share: expected a share such as 0.8 or 80%"])
    let number = read("a: 12\nb: 13") { reader, node in
      reader.entries(node, "top").map { reader.integer($0.value, $0.key, in: 1...12) }
    }
    #expect(number.value == [12, 1])
    #expect(
      number.said == ["f.yaml:2:4: b: expected a whole number from 1 to 12, not \"13\""])
    let name = read("two words") { reader, node in reader.identifier(node, "queue") }
    #expect(
      name.said == [
        "f.yaml:1:1: queue \"two words\": expected 1 to 64 letters, digits, - . : _"
      ])
  }

  @Test("What is not known is said with the nearest that is")
  func unknown() {
    let section = read("nmae: x") { reader, node in
      reader.section(node, "agent", keys: ["name", "user"])
    }
    #expect(section.value?.isEmpty == true)
    #expect(
      section.said.count == 1 && section.said[0].hasPrefix("f.yaml:1:1: unknown key \"nmae\""))
    #expect(section.said[0].contains("\"name\""))
    let choice = read("rotatnig") { reader, node in
      reader.choice(node, "strategy", [("rotating", 1), ("ring-all", 2)])
    }
    #expect(choice.value == .some(nil) && choice.said.first?.contains("\"rotating\"") == true)
    let reference = read("bob") { reader, node in
      reader.reference(node, "rep", among: ["alice", "rob"])
    }
    #expect(reference.value == .some(nil))
    #expect(reference.said.first?.hasPrefix("f.yaml:1:1: rep \"bob\" is not defined") == true)
  }

  @Test("Syntax errors and missing values have a place inside of the file")
  func places() {
    #expect(read("") { _, _ in 0 }.said == ["f.yaml:1:1: the file is empty"])
    let open = read("a: [1,\n") { _, _ in 0 }
    #expect(open.value == nil && open.said.count == 1)
    #expect(open.said[0].hasPrefix("f.yaml:2:1: "))
    let twice = read("a: 1\na: 2") { _, _ in 0 }
    #expect(twice.said.first?.contains("given twice: a") == true)
  }

  @Test("A setting replaces one value, or is refused where there is nothing to replace")
  func settings() {
    #expect(Setting("queue.support.rings=2")?.path == ["queues", "support", "rings"])
    #expect(Setting("queue.support.rings=2")?.text == "queues.support.rings=2")
    #expect(Setting("queue..rings=2") == nil && Setting("rings") == nil)
    let yaml = "queues:\n  support: { rings: 3 }\n"
    let changed = read(yaml) { reader, node in
      var node = node
      reader.apply([Setting("queue.support.rings=2")!, Setting("queue.sales.rings=1")!], to: &node)
      return node["queues"]?["support"]?["rings"]?.int
    }
    #expect(changed.value == .some(2))
    #expect(changed.said == ["f.yaml:1:1: queues.sales.rings=1: there is no \"queues.sales\""])
  }

  @Test(
    "Warnings refuse nothing and say what they are; what a file says cannot break out of its line")
  func problems() {
    var reader = Reader()
    let node = reader.tree("a: 1")!
    reader.warn(node, "odd\u{1B}[2J\nnext")
    #expect(!reader.problems.hasErrors(from: 0))
    let said = reader.problems[0].description
    #expect(said.hasPrefix("f.yaml:1:1: warning: odd") && !said.contains("\n"))
    #expect(!said.contains("\u{1B}"))
    reader.complain(node, "wrong")
    #expect(reader.problems.hasErrors(from: 1) && !reader.problems.hasErrors(from: 2))
    let all = Problems(problems: reader.problems)
    #expect(
      all.errors.map(\.message) == ["wrong"] && all.description.split(separator: "\n").count == 2)
  }
}
