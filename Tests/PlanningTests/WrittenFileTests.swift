import Foundation
import Testing

/// Where the planner's answers go. The rules of a destination are tested with the room `Output`; here each option
/// is, that it keeps to them.
@Suite struct WrittenFileTests {
  private static let day = "Simulations/fast/normal-day.yaml"
  private static let sweep = [
    "sweep", "Simulations/fast/two-skills.yaml", "--replications", "1", "--grid",
    "queue.english.rings=2,3",
  ]

  private final class Folder {
    let path = NSTemporaryDirectory() + "rotasim-written-\(UUID().uuidString)"
    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
    var names: [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
  }

  /// A trace of two days, a call every ten minutes.
  private func trace(_ folder: Folder) throws -> String {
    var lines = ["day,at,wait,outcome,handle,agent"]
    for day in ["2026-11-23", "2026-11-24"] {
      for index in 0..<48 {
        lines.append("\(day),\(9 + index / 6):\(index % 6)0:00,10,answered,120,rep\(index % 2)")
      }
    }
    try lines.joined(separator: "\n").write(
      toFile: folder("log.csv"), atomically: true, encoding: .utf8)
    let result = try RotasimProcess.run([
      "import", "csv", folder("log.csv"), "--output", folder("log.trace"),
    ])
    #expect(result.code == 0, "\(result.error)")
    return folder("log.trace")
  }

  /// Every command that writes one file, without the path.
  private func commands(_ folder: Folder) throws -> [[String]] {
    let trace = try trace(folder)
    let fit = ["fit", trace, "--configuration", "systemd/rota.yaml"]
    let part = folder("part.jsonl")
    #expect(try RotasimProcess.run(Self.sweep + ["--output", part]).code == 0)
    return [
      ["run", Self.day, "--replications", "1", "--html"], Self.sweep + ["--output"],
      ["merge", part, "--output"], ["import", "csv", folder("log.csv"), "--output"],
      fit + ["--output"], fit + ["--html"], ["drive", Self.day, "--output"],
    ]
  }

  @Test("Every option that names a file writes a pipe in place, and to - only what was asked for")
  func inPlace() throws {
    let folder = try Folder()
    for command in try commands(folder) {
      let pipe = folder("pipe")
      mkfifo(pipe, 0o600)
      let descriptor = open(pipe, O_RDWR)
      // Room for all that is written, so that nobody need read meanwhile.
      _ = fcntl(descriptor, 1031, 1 << 20)
      let result = try RotasimProcess.run(command + [pipe])
      #expect(result.code == 0, "\(command): \(result.error)")
      var status = stat()
      lstat(pipe, &status)
      #expect(status.st_mode & S_IFMT == S_IFIFO, "\(command)")
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = poll(&waiting, 1, 0) > 0 ? read(descriptor, &bytes, bytes.count) : 0
      let written = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
      for name in ["-", "/dev/stdout"] {
        let output = try RotasimProcess.run(command + [name])
        #expect(output.code == 0 && !written.isEmpty && output.output == written, "\(command)")
      }
      close(descriptor)
      unlink(pipe)
    }
  }

  @Test("Two answers do not run into each other on standard output")
  func together() throws {
    let folder = try Folder()
    for command in try commands(folder) where command[0] != "drive" {
      let result = try RotasimProcess.run(command + ["-", "--json"])
      #expect(result.code == 64 && result.error.contains("standard output"), "\(command)")
    }
    let fit = ["fit", folder("log.trace"), "--output", "-"]
    #expect(try RotasimProcess.run(fit).code == 64)
    #expect(try RotasimProcess.run(fit + ["--configuration", "x", "--by-weekday"]).code == 64)
    let both = ["--configuration", "systemd/rota.yaml", "--html", "/dev/stdout"]
    #expect(try RotasimProcess.run(fit + both).code == 64)
  }

  @Test("A path that cannot be written is told at once, with the exit code of sysexits.h")
  func refused() throws {
    let folder = try Folder()
    for command in try commands(folder) {
      let result = try RotasimProcess.run(command + [folder("none/file")])
      #expect(result.code == 73 && result.output.isEmpty, "\(command): \(result.error)")
      for part in ["rotasim: ", "none/file", "No such file or directory", "make the directory"] {
        #expect(result.error.contains(part), "\(command): \(result.error)")
      }
    }
    // It is told before the work is done, in which other mistakes would be found.
    let mistake = ["--set", "queue.suport.rings=2"]
    for command in [["run", Self.day, "--html"], Self.sweep + ["--output"]] {
      let result = try RotasimProcess.run(command + [folder("none/file")] + mistake)
      #expect(result.code == 73, "\(command): \(result.error)")
    }
    for (command, option) in [
      (["run", Self.day, "--replications", "1"], "--csv"),
      (["reenact", folder("log.trace")], "--output"),
    ] {
      for path in [folder("log.csv"), "-"] {
        let result = try RotasimProcess.run(command + [option, path])
        #expect(result.code == 73 && result.error.contains("name a directory"), "\(result.error)")
      }
    }
  }

  @Test("A disk that is full leaves the file as it was, and nothing beside it")
  func full() throws {
    let folder = try Folder()
    try "old".write(toFile: folder("page.html"), atomically: true, encoding: .utf8)
    for name in ["page.html", "new.html"] {
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.currentDirectoryURL = RotasimProcess.root
      process.arguments = [
        "-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "sh", RotasimProcess.program.path, "run",
        Self.day, "--replications", "1", "--html", folder(name),
      ]
      let error = Pipe()
      process.standardOutput = FileHandle.nullDevice
      process.standardError = error
      try process.run()
      let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 74 && text.contains("cannot be written: File too large"))
    }
    #expect(folder.names == ["page.html"])
    #expect(try String(contentsOfFile: folder("page.html"), encoding: .utf8) == "old")
    let lost = Process()
    lost.executableURL = URL(filePath: "/bin/sh")
    lost.arguments = [
      "-c", "exec \"$0\" erlang-c --agents 10 --load 5 >/dev/full", RotasimProcess.program.path,
    ]
    lost.standardError = FileHandle.nullDevice
    try lost.run()
    lost.waitUntilExit()
    #expect(lost.terminationStatus == 74)
  }
}
