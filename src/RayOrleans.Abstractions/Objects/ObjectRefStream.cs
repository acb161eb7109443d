namespace RayOrleans;

/// <summary>The objects that a streaming function makes, as references that arrive while it runs.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class ObjectRefStream<T> : IAsyncEnumerable<ObjectRef<T>>, IDisposable
{
    private readonly StreamSource _source;

    internal ObjectRefStream(StreamSource source) => _source = source;

    /// <summary>The id of the task that makes the items.</summary>
    public TaskId TaskId => _source.TaskId;

    /// <summary>The runtime's side of the stream.</summary>
    internal StreamSource Source => _source;

    /// <summary>
    /// Reads the references in order; each item is handed out once. The failure of the producer is thrown after the last item it made.
    /// A stream has one reader at a time.
    /// </summary>
    /// <param name="cancellationToken">Ends the reading, not the remote task.</param>
    public async IAsyncEnumerator<ObjectRef<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await _source.NextAsync<T>(cancellationToken) is { } next)
        {
            yield return next;
        }
    }

    /// <summary>Ends the stream: items not yet read are freed and the producer is told to stop.</summary>
    public void Dispose() => _source.Dispose();
}
