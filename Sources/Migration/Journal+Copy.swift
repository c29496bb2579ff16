import Events
import Foundation
public import Journal

extension Journal {
  /// Opens a journal that is only read: a backup, or one whose daemon does not run. One of an earlier schema is taken
  /// over in a copy first, which is gone with the journal.
  /// - Complexity: O(*size*) for a journal of an earlier schema.
  public static func reading(_ path: String) throws(JournalError) -> Journal {
    do {
      return try Journal(Opening(path: path, readOnly: true, vocabulary: Record.vocabulary)) { "" }
    } catch {
      guard case .outdated = error else { throw error }
      return try takenOver(path)
    }
  }

  private static func takenOver(_ path: String) throws(JournalError) -> Journal {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rota-\(UUID().uuidString)")
    // Open files outlive their names.
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let copy = folder.appending(path: "journal.sqlite").path
      try Database.copyFile(from: path, to: copy)
      _ = try Journal(
        Opening(path: copy, vocabulary: Record.vocabulary, takeover: SchemaTakeover())
      ) { "" }
      return try Journal(Opening(path: copy, readOnly: true, vocabulary: Record.vocabulary)) { "" }
    } catch let error as JournalError {
      throw error
    } catch let error as DatabaseError {
      throw error.isLock ? .inUse(path: path) : .database(error)
    } catch {
      throw .database(DatabaseError(code: 14, message: "\(error)", action: "copy \(path)"))
    }
  }
}
