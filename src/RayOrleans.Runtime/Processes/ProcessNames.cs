using System.Collections.Concurrent;
using RayOrleans.Core;

namespace RayOrleans.Runtime.Processes;

/// <summary>Actors' names as a process of a node sees them: its node looks for them, and makes the actors. Thread-safe.</summary>
internal sealed class ProcessNames(NodeServices node)
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<(NamedMessage Answer, TaskRecord? Handle)>> _asked = new();
    private long _last;
    private string? _closed;

    /// <summary>The handle's entry of the actor with that name, held once for the caller; null: there is none. Blocks until the node has answered.</summary>
    public TaskRecord? Find(string @namespace, string name) => Ask(@namespace, name, null, getIfExists: false).Handle;

    /// <summary>Makes an actor that has a name, unless another one has it. Blocks until the node has answered.</summary>
    /// <returns>The handle's entry of the actor that has the name, held once for the caller, and whether it is another one.</returns>
    public (TaskRecord Handle, bool IsOther) Create(TaskRecord creation, bool getIfExists)
    {
        ActorOptions options = creation.Actor!.Options;
        (NamedMessage answer, TaskRecord? handle) = Ask(options.Namespace, options.Name!, creation, getIfExists);
        return (handle!, answer.IsOther);
    }

    /// <summary>An answer has come.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="handle">The actor that it names, held for whoever asked.</param>
    public void OnAnswer(NamedMessage answer, TaskRecord? handle)
    {
        if (_asked.TryRemove(answer.Number, out TaskCompletionSource<(NamedMessage, TaskRecord?)>? asked))
        {
            asked.SetResult((answer, handle));
        }
    }

    /// <summary>The node is gone: nobody answers any more.</summary>
    public void Close(string why)
    {
        Volatile.Write(ref _closed, why);
        foreach (long number in _asked.Keys)
        {
            FailIfClosed(number);
        }
    }

    private void FailIfClosed(long number)
    {
        if (Volatile.Read(ref _closed) is { } why && _asked.TryRemove(number, out TaskCompletionSource<(NamedMessage, TaskRecord?)>? asked))
        {
            asked.SetException(new NodeDiedException($"The node of this process answers nothing any more: {why}."));
        }
    }

    private (NamedMessage Answer, TaskRecord? Handle) Ask(string @namespace, string name, TaskRecord? creation, bool getIfExists)
    {
        long number = Interlocked.Increment(ref _last);
        TaskCompletionSource<(NamedMessage Answer, TaskRecord? Handle)> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = asked;
        FailIfClosed(number);
        node.Gate.Do(engine => engine.AskName(number, @namespace, name, creation, getIfExists));
        (NamedMessage Answer, TaskRecord? Handle) answered = asked.Task.GetAwaiter().GetResult();
        return answered.Answer.Problem is { } problem ? throw new RayException(problem) : answered;
    }
}
