import Foundation
import Output
import Testing

@Suite struct DestinationTests {
  /// Writing to `path` fails, with the exit code and the words.
  private func expectFailure(
    _ path: String, _ code: Int32, _ words: String..., location: SourceLocation = #_sourceLocation
  ) {
    let failure = #expect(throws: WriteFailure.self, sourceLocation: location) {
      try Destination(path).write("new")
    }
    #expect(failure?.exitCode == code, sourceLocation: location)
    let text = failure?.description ?? ""
    for part in [path] + words {
      #expect(text.contains(part), "\(text)", sourceLocation: location)
    }
  }

  @Test("A file is replaced as a whole, and keeps its mode")
  func replaced() throws {
    let place = try TestFolder()
    try place.put("old", "page.html", mode: 0o640)
    let before = place.status("page.html")
    // Who has it open goes on with what it was.
    let reader = try #require(FileHandle(forReadingAtPath: place("page.html")))
    try Destination(place("page.html")).write("new")
    #expect(place.text("page.html") == "new")
    #expect(try reader.readToEnd() == Data("old".utf8))
    #expect(place.mode("page.html") == S_IFREG | 0o640)
    #expect(place.status("page.html").st_ino != before.st_ino)
    #expect(place.names == ["page.html"])
  }

  @Test(
    "A file keeps its owner and its group; only root can give files away",
    .enabled(if: geteuid() == 0))
  func owner() throws {
    let place = try TestFolder()
    try place.put("old", "page.html", mode: 0o604)
    chown(place("page.html"), 65_534, 65_533)
    try Destination(place("page.html")).write("new")
    let status = place.status("page.html")
    #expect(status.st_uid == 65_534 && status.st_gid == 65_533)
    #expect(place.mode("page.html") == S_IFREG | 0o604)
  }

  @Test("A file whose owner cannot be kept is left alone", .enabled(if: geteuid() == 0))
  func foreign() throws {
    let place = try TestFolder()
    chmod(place.path, 0o777)
    try place.put("old", "page.html", mode: 0o666)
    place.asNobody {
      expectFailure(place("page.html"), 73, "Operation not permitted", "owner", "remove")
    }
    #expect(place.text("page.html") == "old" && place.names == ["page.html"])
  }

  @Test("A new file has the mode that the user's mask gives")
  func created() throws {
    let place = try TestFolder()
    let mask = umask(0)
    umask(mask)
    try Destination(place("new.csv")).write("a,b\n")
    #expect(place.text("new.csv") == "a,b\n")
    #expect(place.mode("new.csv") == S_IFREG | (0o666 & ~mask))
    #expect(place.names == ["new.csv"])
  }

  @Test("A symbolic link is followed and stays a link")
  func link() throws {
    let place = try TestFolder()
    try place.put("old", "target")
    mkdir(place("folder"), 0o755)
    symlink("../target", place("folder/second"))
    symlink("folder/second", place("first"))
    try Destination(place("first")).write("new")
    #expect(place.text("target") == "new")
    #expect(place.mode("first") & S_IFMT == S_IFLNK)
    #expect(place.mode("folder/second") & S_IFMT == S_IFLNK)
    symlink("later", place("dangling"))
    try Destination(place("dangling")).write("there now")
    #expect(place.text("later") == "there now")
    #expect(place.mode("dangling") & S_IFMT == S_IFLNK)
    symlink("loop", place("loop"))
    expectFailure(place("loop"), 73, "Too many levels of symbolic links")
  }

  @Test("A pipe is written in place and stays a pipe")
  func pipe() throws {
    let place = try TestFolder()
    mkfifo(place("pipe"), 0o600)
    // Open for both, it waits for nobody.
    let descriptor = open(place("pipe"), O_RDWR)
    defer { close(descriptor) }
    #expect(Destination(place("pipe")).isStream)
    try Destination(place("pipe")).check()
    try Destination(place("pipe")).write("through")
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = place.mode("pipe") & S_IFMT == S_IFIFO ? read(descriptor, &bytes, 100) : 0
    #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == "through")
    #expect(place.names == ["pipe"])
  }

  @Test("A device is written in place; one without room is an input/output error")
  func device() throws {
    let place = try TestFolder()
    guard let full = place.fullDevice else { return }
    try Destination(full).check()
    expectFailure(full, 74, "cannot be written", "No space left on device", "make room")
    var status = stat()
    lstat(full, &status)
    #expect(status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test("Directories, missing directories and sockets are refused, with what to do")
  func refused() throws {
    let place = try TestFolder()
    expectFailure(place.path, 73, "Is a directory", "name a file in it")
    expectFailure(place("none/page.html"), 73, "No such file or directory", "make the directory")
    expectFailure(place("none/"), 73, "Is a directory")
    try place.put("", "file")
    expectFailure(place("file/page.html"), 73, "Not a directory")
    expectFailure(place(String(repeating: "x", count: 300)), 73, "File name too long", "shorter")
    #expect(throws: WriteFailure.self) { try Destination("").write("new") }
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: place("socket").utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    expectFailure(place("socket"), 73, "No such device or address", "name a file")
    #expect(place.names == ["file", "socket"] && place.mode("socket") & S_IFMT == S_IFSOCK)
  }

  @Test("What may not be written is not replaced either")
  func readOnly() throws {
    let place = try TestFolder()
    chmod(place.path, 0o777)
    try place.put("old", "page.html", mode: 0o444)
    mkdir(place("folder"), 0o555)
    try place.put("old", "folder/page.html", mode: 0o666)
    place.asNobody {
      expectFailure(place("page.html"), 73, "Permission denied", "where you may write")
      expectFailure(
        place("folder/page.html"), 73, "Permission denied", "directory must be writable")
      expectFailure(place("folder/new.html"), 73, "Permission denied")
      for name in ["page.html", "folder/page.html", "none/page.html", "folder"] {
        #expect(throws: WriteFailure.self) { try Destination(place(name)).check() }
      }
    }
    #expect(place.text("page.html") == "old" && place.text("folder/page.html") == "old")
    #expect(place.names == ["folder", "page.html"])
  }

  @Test("Streams that the program was given are written as they are")
  func descriptors() throws {
    let place = try TestFolder()
    try place.put("", "log")
    let log = open(place("log"), O_WRONLY | O_APPEND)
    defer { close(log) }
    for text in ["one\n", "two\n"] { try Destination("/dev/fd/\(log)").write(text) }
    #expect(place.text("log") == "one\ntwo\n")
    var pair: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    defer { for descriptor in pair { close(descriptor) } }
    symlink("/proc/self/fd/\(pair[0])", place("link"))
    try Destination(place("link")).write("to a socket")
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = recv(pair[1], &bytes, 100, Int32(MSG_DONTWAIT))
    #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "to a socket")
    expectFailure("/dev/fd/12345", 74, "Bad file descriptor")
    #expect(throws: WriteFailure.self) { try Destination("/dev/fd/12345").check() }
  }

  @Test("Standard output has several names")
  func standardOutput() throws {
    let place = try TestFolder()
    symlink("/dev/stdout", place("link"))
    for path in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", place("link")] {
      #expect(Destination(path).isStandardOutput && Destination(path).isStream, "\(path)")
    }
    for path in ["/dev/stderr", "./-", place("link-"), "/dev/fd/2"] {
      #expect(!Destination(path).isStandardOutput, "\(path)")
    }
    #expect(!Destination(place("page.html")).isStream)
  }

  @Test("A directory for several files is made with those above it")
  func folder() throws {
    let place = try TestFolder()
    let folder = Folder(place("a/b/c"))
    try folder.make()
    try folder.make()
    try folder.file("t.csv").write("x")
    #expect(place.text("a/b/c/t.csv") == "x")
    try place.put("", "file")
    for path in [place("file"), place("file/below"), "-"] {
      let failure = #expect(throws: WriteFailure.self) { try Folder(path).make() }
      #expect(failure?.exitCode == 73)
    }
    #expect(place.names == ["a", "file"])
  }
}
