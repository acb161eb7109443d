using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace RayOrleans.ObjectStore;

/// <summary>
/// A request on its way, in a slot of its own that is used again and again. The answer is taken once, by the thread that blocks for it or through a
/// value task. The number changes with each use, so an answer meant for an earlier one is noticed.
/// </summary>
internal sealed class PendingRequest(PendingTable table, int slot)
    : IValueTaskSource, IValueTaskSource<bool>, IValueTaskSource<SharedObject>, IValueTaskSource<SharedWrite>, IValueTaskSource<StoreServerTotals>
{
    private const int Free = 0;
    private const int Sent = 1;
    private const int Answered = 2;

    private ManualResetValueTaskSourceCore<Answer> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private Answer _answer;
    private AnswerTaker _taker;
    private ushort _use;
    private int _state;

    public int Slot { get; } = slot;

    /// <summary>The next slot of the table's free list, by its number plus one.</summary>
    public int NextFree { get; set; }

    public uint Number => ((uint)_use << PendingTable.SlotBits) | (uint)Slot;

    public FrameKind Kind { get; private set; }

    public StoreKey Key { get; private set; }

    public short Version => _source.Version;

    public bool IsAnswered => Volatile.Read(ref _state) == Answered;

    public bool IsSent => Volatile.Read(ref _state) == Sent;

    public void Begin(FrameKind kind, StoreKey key, AnswerTaker taker)
    {
        Debug.Assert(_state == Free);
        Kind = kind;
        Key = key;
        _taker = taker;
        _use++;
        Volatile.Write(ref _state, Sent);
    }

    public void SetCancellation(CancellationTokenRegistration cancellation) => _cancellation = cancellation;

    /// <summary>The answer is there; false when one was there already.</summary>
    public bool TryAnswer(Answer answer)
    {
        if (_taker != AnswerTaker.Thread)
        {
            if (Interlocked.CompareExchange(ref _state, Answered, Sent) != Sent)
                return false;
            if (_taker == AnswerTaker.Nobody)
                Return();
            else
                _source.SetResult(answer);
            return true;
        }

        lock (this)
        {
            if (_state != Sent)
                return false;
            _answer = answer;
            Volatile.Write(ref _state, Answered);
            Monitor.Pulse(this);
        }

        return true;
    }

    /// <summary>Blocks until another thread has brought the answer.</summary>
    public void Wait()
    {
        lock (this)
        {
            while (_state == Sent)
                Monitor.Wait(this);
        }
    }

    /// <summary>Takes the answer for which a thread has blocked, and frees the slot.</summary>
    public PendingResult Take()
    {
        PendingResult result = new(Kind, Key, _answer);
        Return();
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => Result(token).ThrowUnlessDone();

    bool IValueTaskSource<bool>.GetResult(short token) => Result(token).IsFound();

    SharedObject IValueTaskSource<SharedObject>.GetResult(short token) => Result(token).Value<SharedObject>();

    SharedWrite IValueTaskSource<SharedWrite>.GetResult(short token) => Result(token).Value<SharedWrite>();

    StoreServerTotals IValueTaskSource<StoreServerTotals>.GetResult(short token) => Result(token).Value<StoreServerTotals>();

    private PendingResult Result(short token)
    {
        Answer answer = _source.GetResult(token);
        _cancellation.Dispose();
        _cancellation = default;
        PendingResult result = new(Kind, Key, answer);
        _source.Reset();
        Return();
        return result;
    }

    private void Return()
    {
        _answer = default;
        Volatile.Write(ref _state, Free);
        table.Return(this);
    }
}
