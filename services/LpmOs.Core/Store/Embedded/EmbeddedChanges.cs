using Microsoft.Data.Sqlite;

namespace LpmOs.Core.Store.Embedded;

/// <summary>The writer's statements, and the revisions as they stand in the SQLite transaction under way. Used by the writer alone.</summary>
internal sealed class EmbeddedChanges : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly EmbeddedStatement _begin;
    private readonly EmbeddedStatement _commit;
    private readonly EmbeddedStatement _rollback;
    private readonly EmbeddedStatement _readState;
    private readonly EmbeddedStatement _writeState;
    private readonly EmbeddedStatement _find;
    private readonly EmbeddedStatement _addVersion;
    private readonly EmbeddedStatement _putCurrent;
    private readonly EmbeddedStatement _deleteCurrent;
    private readonly EmbeddedStatement _leaseExists;
    private readonly EmbeddedStatement _addLease;
    private readonly EmbeddedStatement _deleteLease;
    private readonly EmbeddedStatement _keysOfLease;
    private readonly EmbeddedStatement _pruneSuperseded;
    private readonly EmbeddedStatement _pruneDeletes;
    private readonly EmbeddedStatement[] _all;

    public EmbeddedChanges(SqliteConnection connection)
    {
        _connection = connection;
        _all =
        [
            _begin = new(connection, "BEGIN IMMEDIATE", 0),
            _commit = new(connection, "COMMIT", 0),
            _rollback = new(connection, "ROLLBACK", 0),
            _readState = new(connection, "SELECT revision, compacted, pruned FROM state", 0),
            _writeState = new(connection, "UPDATE state SET revision = ?1, compacted = ?2, pruned = ?3", 3),
            _find = new(connection, "SELECT mod_revision, create_revision FROM current WHERE key = ?1", 1),
            _addVersion = new(connection, "INSERT INTO versions(revision, key, value, create_revision, lease_id) VALUES(?1, ?2, ?3, ?4, ?5) RETURNING id", 5),
            _putCurrent = new(
                connection,
                "INSERT INTO current(key, mod_revision, create_revision, lease_id, version_id) VALUES(?1, ?2, ?3, ?4, ?5) "
                + "ON CONFLICT(key) DO UPDATE SET mod_revision = ?2, create_revision = ?3, lease_id = ?4, version_id = ?5",
                5),
            _deleteCurrent = new(connection, "DELETE FROM current WHERE key = ?1", 1),
            _leaseExists = new(connection, "SELECT count(*) FROM leases WHERE id = ?1", 1),
            _addLease = new(connection, "INSERT INTO leases(id, seconds) VALUES(?1, ?2)", 2),
            _deleteLease = new(connection, "DELETE FROM leases WHERE id = ?1", 1),
            _keysOfLease = new(connection, "SELECT key FROM current WHERE lease_id = ?1 ORDER BY key", 1),
            // A version makes all older ones of its key superfluous, whenever those were written.
            _pruneSuperseded = new(
                connection,
                """
                DELETE FROM versions WHERE id IN (SELECT o.id FROM versions n INDEXED BY versions_by_revision
                JOIN versions o ON o.key = n.key AND o.revision < n.revision WHERE n.revision > ?1 AND n.revision <= ?2)
                """,
                2),
            _pruneDeletes = new(connection, "DELETE FROM versions WHERE revision > ?1 AND revision <= ?2 AND value IS NULL", 2),
        ];
        ReadState();
    }

    public long Revision { get; private set; }

    public long Compacted { get; private set; }

    private long Pruned { get; set; }

    /// <summary>What was written since <see cref="Begin"/>, in order; a list of its own each time.</summary>
    public IReadOnlyList<StoreEvent> Events => _events;

    private List<StoreEvent> _events = [];

    public void Begin()
    {
        _begin.Execute();
        ReadState();
        _events = [];
    }

    public void Commit()
    {
        _writeState.Execute(Revision, Compacted, Pruned);
        _commit.Execute();
    }

    /// <summary>Back to what is on the disk; the next <see cref="Begin"/> reads it.</summary>
    public void Rollback()
    {
        try
        {
            _rollback.Execute();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does when the disk is full.
        }
    }

    public CommitResult Apply(StoreTransaction transaction)
    {
        foreach (var compare in transaction.Compares)
        {
            if (Find(StoreArguments.Encode(compare.Key, nameof(transaction))).ModRevision != compare.ModRevision)
                return new(false, Revision);
        }

        foreach (var write in transaction.Writes)
        {
            if (write is { Value: not null, LeaseId: not 0 } && _leaseExists.Scalar(write.LeaseId) == 0)
                throw new StoreLeaseNotFoundException();
        }

        var revision = Revision + 1;
        var changed = false;
        foreach (var write in transaction.Writes)
            changed |= Write(revision, StoreArguments.Encode(write.Key, nameof(transaction)), write.Value?.ToArray(), write.LeaseId);
        // As in etcd, deleting what is not there is no change and takes no revision.
        if (changed)
            Revision = revision;
        return new(true, Revision);
    }

    public void AddLease(long id, long seconds) => _addLease.Execute(id, seconds);

    /// <summary>Ends the lease and deletes its keys in one revision.</summary>
    public bool EndLease(long id)
    {
        if (_deleteLease.Execute(id) == 0)
            return false;
        var keys = new List<byte[]>();
        using (var rows = _keysOfLease.Read(id))
        {
            while (rows.Read())
                keys.Add(rows.GetFieldValue<byte[]>(0));
        }

        if (keys.Count == 0)
            return true;
        Revision++;
        foreach (var key in keys)
            Write(Revision, key, null, 0);
        return true;
    }

    /// <summary>Lets go of history before the last <paramref name="keep"/> revisions, a slice at a time so that no write waits long.</summary>
    public void Compact(int keep, int slice)
    {
        // Moves on in steps of a tenth: a watch that starts from a listing of just now is never met by it.
        if (Revision - Compacted > keep + Math.Max(1, keep / 10))
            Compacted = Revision - keep;
        if (Pruned >= Compacted)
            return;
        var to = Math.Min(Pruned + slice, Compacted);
        _pruneSuperseded.Execute(Pruned, to);
        _pruneDeletes.Execute(Pruned, to);
        Pruned = to;
    }

    public void Dispose()
    {
        foreach (var statement in _all)
            statement.Dispose();
        _connection.Dispose();
    }

    private bool Write(long revision, byte[] key, byte[]? value, long leaseId)
    {
        var created = Find(key).CreateRevision;
        if (value is null)
        {
            if (_deleteCurrent.Execute(key) == 0)
                return false;
            _addVersion.Scalar(revision, key, null, created, 0L);
            _events.Add(new(StoreArguments.Decode(key), null, revision));
            return true;
        }

        created = created == 0 ? revision : created;
        var version = _addVersion.Scalar(revision, key, value, created, leaseId);
        _putCurrent.Execute(key, revision, created, leaseId, version);
        _events.Add(new(StoreArguments.Decode(key), value, revision));
        return true;
    }

    private (long ModRevision, long CreateRevision) Find(byte[] key)
    {
        using var rows = _find.Read(key);
        return rows.Read() ? (rows.GetInt64(0), rows.GetInt64(1)) : (0, 0);
    }

    private void ReadState()
    {
        using var rows = _readState.Read();
        rows.Read();
        (Revision, Compacted, Pruned) = (rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2));
    }
}
