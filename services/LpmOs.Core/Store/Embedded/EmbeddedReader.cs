using Microsoft.Data.Sqlite;

namespace LpmOs.Core.Store.Embedded;

/// <summary>A connection that only reads, each time in one SQLite snapshot. Used by one caller at a time.</summary>
internal sealed class EmbeddedReader : IDisposable
{
    private const string Columns = "v.key, v.value, v.create_revision, v.revision, v.lease_id";

    private readonly SqliteConnection _connection;
    private readonly EmbeddedStatement _begin;
    private readonly EmbeddedStatement _end;
    private readonly EmbeddedStatement _state;
    private readonly EmbeddedStatement _get;
    private readonly EmbeddedStatement _list;
    private readonly EmbeddedStatement _listAt;
    private readonly EmbeddedStatement _changes;
    private readonly EmbeddedStatement _pageEnd;

    public EmbeddedReader(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new(connection, "BEGIN", 0);
        _end = new(connection, "COMMIT", 0);
        _state = new(connection, "SELECT revision, compacted FROM state", 0);
        _get = new(connection, $"SELECT {Columns} FROM current c JOIN versions v ON v.id = c.version_id WHERE c.key = ?1", 1);
        _list = new(connection, $"SELECT {Columns} FROM current c JOIN versions v ON v.id = c.version_id WHERE c.key >= ?1 AND c.key < ?2 ORDER BY c.key LIMIT ?3", 3);
        _listAt = new(
            connection,
            $"""
            SELECT {Columns} FROM versions v WHERE v.key >= ?1 AND v.key < ?2 AND v.value IS NOT NULL
            AND v.revision = (SELECT max(w.revision) FROM versions w WHERE w.key = v.key AND w.revision <= ?4) ORDER BY v.key LIMIT ?3
            """,
            4);
        _pageEnd = new(
            connection,
            "SELECT v.revision FROM versions v INDEXED BY versions_by_revision WHERE v.revision >= ?1 ORDER BY v.revision LIMIT 1 OFFSET ?2",
            2);
        _changes = new(
            connection,
            $"SELECT {Columns} FROM versions v INDEXED BY versions_by_revision WHERE v.revision >= ?1 AND v.revision <= ?2 AND v.key >= ?3 AND v.key < ?4 ORDER BY v.revision, v.id",
            4);
    }

    public StoreEntry? Get(byte[] key)
    {
        using var rows = _get.Read(key);
        return rows.Read() ? Entry(rows) : null;
    }

    public StorePage List(byte[] start, byte[] end, int limit, long revision) => InSnapshot((now, compacted) =>
    {
        if (revision > now)
            throw StoreArguments.FutureRevision(revision);
        if (revision != 0 && revision < compacted)
            throw new StoreCompactedException(compacted);
        using var rows = revision == 0 || revision == now ? _list.Read(start, end, limit + 1) : _listAt.Read(start, end, limit + 1, revision);
        var entries = new List<StoreEntry>();
        while (entries.Count < limit && rows.Read())
            entries.Add(Entry(rows));
        return new StorePage(entries, revision == 0 ? now : revision, entries.Count == limit && rows.Read());
    });

    /// <summary>What changed in the range from a revision on: whole revisions, about <paramref name="limit"/> rows looked at.</summary>
    /// <returns>Everything up to the batch's revision; null if the store has not come so far.</returns>
    public WatchBatch? Changes(byte[] start, byte[] end, long from, int limit) => InSnapshot((now, compacted) =>
    {
        if (from <= compacted)
            throw new StoreCompactedException(compacted);
        if (from > now)
            return null;
        var to = now;
        using (var last = _pageEnd.Read(from, limit))
        {
            if (last.Read())
                to = last.GetInt64(0);
        }

        using var rows = _changes.Read(from, to, start, end);
        var events = new List<StoreEvent>();
        while (rows.Read())
            events.Add(new(StoreArguments.Decode(rows.GetFieldValue<byte[]>(0)), rows.IsDBNull(1) ? default(ReadOnlyMemory<byte>?) : rows.GetFieldValue<byte[]>(1), rows.GetInt64(3)));
        return new WatchBatch(to, events);
    });

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _end, _state, _get, _list, _listAt, _pageEnd, _changes })
            statement.Dispose();
        _connection.Dispose();
    }

    private T InSnapshot<T>(Func<long, long, T> read)
    {
        _begin.Execute();
        try
        {
            long now, compacted;
            using (var state = _state.Read())
            {
                state.Read();
                (now, compacted) = (state.GetInt64(0), state.GetInt64(1));
            }

            return read(now, compacted);
        }
        finally
        {
            _end.Execute();
        }
    }

    private static StoreEntry Entry(SqliteDataReader rows) =>
        new(StoreArguments.Decode(rows.GetFieldValue<byte[]>(0)), rows.GetFieldValue<byte[]>(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4));
}
