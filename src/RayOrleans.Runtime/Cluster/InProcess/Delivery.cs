using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace RayOrleans.Runtime.Cluster.InProcess;

/// <summary>
/// One call on its way, pooled. It crosses to a thread of the pool, because the receiver's work may signal links back to the sender, and so on without end
/// on one stack; and so that the sender goes on gathering while the receiver works.
/// </summary>
internal sealed class Delivery : IThreadPoolWorkItem, IValueTaskSource<byte[]>
{
    private const int MaxFree = 32;

    [ThreadStatic]
    private static Stack<Delivery>? t_free;

    private readonly Action _answered;
    private ManualResetValueTaskSourceCore<byte[]> _source;
    private InProcessParty _to = null!;
    private InProcessParty? _from;
    private byte[] _request = null!;
    private ConfiguredValueTaskAwaitable<byte[]>.ConfiguredValueTaskAwaiter _answer;

    private Delivery()
    {
        _answered = OnAnswered;
    }

    /// <summary>Sends a request.</summary>
    /// <param name="from">Who sends; null: somebody who never dies.</param>
    /// <param name="to">Who receives.</param>
    /// <param name="request">The request; not changed any more.</param>
    public static ValueTask<byte[]> Send(InProcessParty? from, InProcessParty to, byte[] request)
    {
        Delivery delivery = t_free is { Count: > 0 } free ? free.Pop() : new Delivery();
        delivery._from = from;
        delivery._to = to;
        delivery._request = request;
        ValueTask<byte[]> call = new(delivery, delivery._source.Version);
        ThreadPool.UnsafeQueueUserWorkItem(delivery, preferLocal: false);
        return call;
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            Check();
            _answer = _to.Party.OnBatchAsync(_request).ConfigureAwait(false).GetAwaiter();
        }
        catch (Exception e)
        {
            _source.SetException(e);
            return;
        }

        if (_answer.IsCompleted)
        {
            OnAnswered();
        }
        else
        {
            _answer.UnsafeOnCompleted(_answered);
        }
    }

    byte[] IValueTaskSource<byte[]>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _source.Reset();
            (_to, _from, _request, _answer) = (null!, null, null!, default);
            Stack<Delivery> free = t_free ??= new Stack<Delivery>(MaxFree);
            if (free.Count < MaxFree)
            {
                free.Push(this);
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<byte[]>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<byte[]>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void OnAnswered()
    {
        byte[] answer;
        try
        {
            answer = _answer.GetResult();
            Check();
        }
        catch (Exception e)
        {
            _source.SetException(e);
            return;
        }

        _source.SetResult(answer);
    }

    /// <summary>What a removed node sends does not arrive, and what it answers neither.</summary>
    private void Check()
    {
        _to.CheckAlive();
        _from?.CheckAlive();
    }
}
