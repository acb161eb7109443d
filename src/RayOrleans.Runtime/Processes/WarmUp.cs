using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Nodes;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// What a process is given to do before it is given work: tasks and actors of the runtime's own, over the same connection, so that what is loaded and compiled on
/// the way of the first real one is there already. Neither side's engine knows of them beyond the process's own. Used by the thread that reads from the process.
/// </summary>
internal sealed class WarmUp(NodeServices node)
{
    /// <summary>How often it is repeated: the runtime compiles anew what is called often.</summary>
    private const int Rounds = 40;

    /// <summary>A task, a closure, an actor and its call: what each round runs.</summary>
    private const int Runs = 4;
    private const int Creation = 2;
    private const int Call = 3;

    private static readonly TaskId Parent = new(0x7261792D7761726D, 0);

    private readonly ActorHost _host = new(node, isAsync: false) { ActorType = typeof(WarmUpActor), CallOptions = new TaskOptions { Shape = ResourceShape.Zero } };
    private int _left = Rounds * Runs;

    /// <summary>Whether all of it has run.</summary>
    public bool IsDone => _left == 0;

    /// <summary>Nothing is run.</summary>
    public void Skip() => _left = 0;

    /// <summary>What is sent first.</summary>
    public List<SessionMessage> Begin()
    {
        List<SessionMessage> messages = [];
        for (ulong round = 0; round < Rounds; round++)
        {
            string word = "ok";
            messages.Add(Run(Of(round, 0), Core.TaskKind.Normal, new ValueInvocation<string>(static () => "ok")));
            ValueInvocation<string> closure = new(() => word);
            closure.PackedFunction = new PackedFunction(node.Serializer.PackDelegate(closure.Function, new WriteTracker(node))!, null);
            messages.Add(Run(Of(round, 1), Core.TaskKind.Normal, closure));
            ActorId actor = new(Of(round, Creation));
            messages.Add(Run(
                actor.Creation, Core.TaskKind.ActorCreation, new ValueInvocation<WarmUpActor>(static () => new WarmUpActor()), actor, new RemoteActor(new ActorOptions(), nameof(WarmUpActor), _host)));
        }

        return messages;
    }

    /// <summary>Takes a message if it is the answer to one of these.</summary>
    /// <param name="message">What the process has said.</param>
    /// <param name="next">Gets what is sent to it because of that.</param>
    public bool TryTake(SessionMessage message, List<SessionMessage> next)
    {
        if (!IsAnswer(message))
        {
            return false;
        }

        if (message is AttemptEndedMessage { Task: var task })
        {
            _left--;
            if (RunOf(task) == Creation)
            {
                next.Add(Run(
                    new TaskId(Parent.High, task.Low + 1), Core.TaskKind.ActorCall, new ValueInvocation<WarmUpActor, string>(static a => a.Answer(), Arg<WarmUpActor>.Actor), new ActorId(task)));
            }
            else if (RunOf(task) == Call)
            {
                next.Add(new StopInstanceMessage(new ActorId(new TaskId(Parent.High, task.Low - 1)), 0, Dispose: true));
            }
        }

        return true;
    }

    /// <summary>Whether a message of a process is about one of these.</summary>
    public static bool IsAnswer(SessionMessage message) => message switch
    {
        AttemptEndedMessage ended => IsOurs(ended.Task),
        BlockMessage block => IsOurs(block.Task),
        ReleaseMessage release => IsOurs(release.Id.Task),
        _ => false,
    };

    private static TaskId Of(ulong round, ulong run) => new(Parent.High, 1 + (round * Runs) + run);

    private static bool IsOurs(TaskId task) => task.High == Parent.High;

    private static int RunOf(TaskId task) => (int)((task.Low - 1) % Runs);

    private RunMessage Run(TaskId id, Core.TaskKind kind, Invocation call, ActorId of = default, RemoteActor? actor = null)
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
