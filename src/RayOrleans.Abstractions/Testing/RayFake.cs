namespace RayOrleans;

/// <summary>
/// What a fake <see cref="IRay"/> in a test needs: references, handles and streams that no cluster stands behind, and a way to run
/// the call it was given. Values are shared, not copied. Thread-safe.
/// </summary>
public static class RayFake
{
    /// <summary>A reference to a value that is there.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    public static ObjectRef<T> Result<T>(T value) => Pending(Task.FromResult(value));

    /// <summary>A reference whose producer failed.</summary>
    /// <typeparam name="T">The type of the value that is not there.</typeparam>
    /// <param name="exception">What getters are thrown.</param>
    public static ObjectRef<T> Failure<T>(Exception exception) => Pending(Task.FromException<T>(exception));

    /// <summary>A reference to a value that is there when a task has ended.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="task">The task; its failure is what getters are thrown.</param>
    public static ObjectRef<T> Pending<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new ObjectRef<T>(TaskHold.Instance, new TaskEntry<T>(task));
    }

    /// <summary>A stream of values.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The items.</param>
    public static ObjectRefStream<T> Stream<T>(IAsyncEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new ObjectRefStream<T>(new SequenceStream<T>(items));
    }

    /// <summary>A handle of a new actor; calls of it go to <see cref="IRay.SubmitActorCall{R}"/> of the fake.</summary>
    /// <typeparam name="TActor">The actor's class.</typeparam>
    /// <param name="ray">The fake.</param>
    public static ActorHandle<TActor> Handle<TActor>(IRay ray)
    {
        ArgumentNullException.ThrowIfNull(ray);
        return new ActorHandle<TActor>(new ActorId(TaskEntry.NextId()), ray, hold: null);
    }

    /// <summary>Runs a call at once on the calling thread, on the caller's own arguments. Blocks for references among them that are not there yet.</summary>
    /// <typeparam name="R">The type of the result.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="actor">The actor, for a call of one.</param>
    /// <param name="cancellationToken">What the function is given as its token.</param>
    /// <returns>The result; where the function throws, getters are thrown a <see cref="RayTaskException"/> around it.</returns>
    /// <exception cref="ArgumentException">The function makes a stream, or has another result.</exception>
    public static ObjectRef<R> Run<R>(in RemoteCall call, object? actor = null, CancellationToken cancellationToken = default)
    {
        Invocation invocation = call.Invocation ?? throw new ArgumentNullException(nameof(call));
        if (invocation.Shape is CallShape.Enumerable or CallShape.AsyncEnumerable || invocation.ResultType != typeof(R))
        {
            throw new ArgumentException($"The call gives {invocation.Shape} of {invocation.ResultType.Name}, not one {typeof(R).Name}.", nameof(call));
        }

        return Pending(RunAsync<R>(invocation, new InlineFrame(actor, cancellationToken)));
    }

    private static async Task<R> RunAsync<R>(Invocation invocation, InlineFrame frame)
    {
        try
        {
            if (invocation.Execute(frame) is { } running)
            {
                await running.ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            throw new RayTaskException(invocation.Function.Method.Name, default, attempt: 0, e);
        }

        return (R)frame.Result!;
    }
}
