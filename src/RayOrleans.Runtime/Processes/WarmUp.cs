using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Nodes;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// What a process is given to do before it is given work: tasks and an actor of the runtime's own, over the same connection, so that what is loaded and compiled on
/// the way of the first real one is there already. Neither side's engine knows of them beyond the process's own.
/// </summary>
internal static class WarmUp
{
    /// <summary>How often it is repeated: the runtime compiles anew what is called often.</summary>
    private const int Rounds = 40;

    private static readonly TaskId Parent = new(0x7261792D7761726D, 0);

    /// <summary>How many answers come.</summary>
    public static int Answers(int messages) => messages - Rounds;

    /// <summary>Whether a message of a process answers one of these.</summary>
    public static bool IsAnswer(SessionMessage message) => message switch
    {
        AttemptEndedMessage ended => IsOurs(ended.Task),
        BlockMessage block => IsOurs(block.Task),
        ReleaseMessage release => IsOurs(release.Id.Task),
        _ => false,
    };

    /// <summary>The messages.</summary>
    public static List<SessionMessage> Messages(NodeServices node)
    {
        List<SessionMessage> messages = [];
        ActorHost host = new(node, isAsync: false) { ActorType = typeof(WarmUpActor), CallOptions = new TaskOptions { Shape = ResourceShape.Zero } };
        for (ulong i = 0; i < Rounds; i++)
        {
            TaskId task = Of(3 * i);
            ActorId actor = new(Of((3 * i) + 1));
            RemoteActor description = new(new ActorOptions(), nameof(WarmUpActor), host);
            messages.Add(Run(node, task, Core.TaskKind.Normal, new ValueInvocation<string>(static () => "ok"), null, default));
            messages.Add(Run(node, actor.Creation, Core.TaskKind.ActorCreation, new ValueInvocation<WarmUpActor>(static () => new WarmUpActor()), description, actor));
            messages.Add(Run(
                node, Of((3 * i) + 2), Core.TaskKind.ActorCall, new ValueInvocation<WarmUpActor, string>(static a => a.Answer(), Arg<WarmUpActor>.Actor), null, actor));
            messages.Add(new StopInstanceMessage(actor, 0, Dispose: true));
        }

        return messages;
    }

    private static TaskId Of(ulong number) => new(Parent.High, number + 1);

    private static bool IsOurs(TaskId task) => task.High == Parent.High;

    private static RunMessage Run(NodeServices node, TaskId id, Core.TaskKind kind, Invocation call, RemoteActor? actor, ActorId of)
    {
        TaskSpec spec = new()
        {
            Id = id,
            Kind = kind,
            Job = default,
            Driver = default,
            Parent = Parent,
            Options = TaskOptions.Default,
            Payload = new WireCall([0, .. node.Calls.Encode(call, 0, ContentHash.None)]),
            Name = "warm-up",
            Actor = actor,
            ActorId = of,
        };
        return new RunMessage(spec, 0, 0, [], null);
    }

    /// <summary>An actor with nothing to do.</summary>
    private sealed class WarmUpActor
    {
        private readonly string _answer = "ok";

        public string Answer() => _answer;
    }
}
