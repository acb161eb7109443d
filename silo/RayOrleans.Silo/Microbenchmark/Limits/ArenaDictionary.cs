using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>The least a put of a small value can be: bytes into an arena, an entry into a dictionary, and the oldest entry out again.</summary>
internal sealed class ArenaDictionary
{
    private const int ArenaBytes = 1 << 20;
    private const int Resident = 1000;
    private const int ClientShift = 48;

    private readonly ConcurrentDictionary<Int128, (int Offset, int Length)> _entries = new();
    private readonly ConcurrentDictionary<Int128, (int Offset, int Length, bool IsSealed)> _sealed = new();
    private readonly Client[] _clients;

    /// <param name="clients">How many clients put at a time.</param>
    public ArenaDictionary(int clients) => _clients = [.. Enumerable.Range(0, clients).Select(_ => new Client(new byte[ArenaBytes]))];

    /// <summary>Puts a value for a client. Each client is used by one thread.</summary>
    public void Put(int client, long value)
    {
        Client state = _clients[client];
        int offset = state.Offset;
        state.Offset = (offset + sizeof(long)) & (ArenaBytes - 1);
        MemoryMarshal.Write(state.Arena.AsSpan(offset), in value);
        Int128 key = ((Int128)client << ClientShift) + state.Next;
        _entries.TryAdd(key, (offset, sizeof(long)));
        if (state.Next++ >= Resident)
        {
            _entries.TryRemove(key - Resident, out _);
        }
    }

    /// <summary>An object's whole life: its bytes into the arena, an entry for it, sealed, looked up and read out again, and deleted. Each client is used by one thread.</summary>
    public void PutGetDelete(int client, ReadOnlySpan<byte> value, Span<byte> copy)
    {
        Client state = _clients[client];
        int offset = state.Offset + value.Length > ArenaBytes ? 0 : state.Offset;
        state.Offset = offset + value.Length;
        Int128 key = ((Int128)client << ClientShift) + state.Next++;
        value.CopyTo(state.Arena.AsSpan(offset));
        _sealed.TryAdd(key, (offset, value.Length, false));
        _sealed[key] = (offset, value.Length, true);
        if (!_sealed.TryGetValue(key, out (int Offset, int Length, bool IsSealed) found) || !found.IsSealed)
        {
            throw new InvalidOperationException("What was put is not there.");
        }

        state.Arena.AsSpan(found.Offset, found.Length).CopyTo(copy);
        _sealed.TryRemove(key, out _);
    }

    private sealed class Client(byte[] arena)
    {
        public byte[] Arena { get; } = arena;

        public int Offset { get; set; }

        public long Next { get; set; }
    }
}
