using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>The user's object and how its calls run.</summary>
internal sealed class ActorInstance(object target)
{
    public object Target { get; } = target;

    /// <summary>Disposes of the user's object on a worker thread; what its disposal throws is reported, not thrown.</summary>
    public static void Stop(NodeServices node, ActorRecord actor, object instance)
    {
        object target = ((ActorInstance)instance).Target;
        if (target is not (IDisposable or IAsyncDisposable))
        {
            return;
        }

        TurnQueue turns = (actor.Host as ActorHost)?.Turns ?? new TurnQueue(node);
        TurnContext context = new(turns, null);
        context.Post(_ => _ = DisposeAsync(node, actor, target), null);
    }

    private static async Task DisposeAsync(NodeServices node, ActorRecord actor, object target)
    {
        try
        {
            if (target is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync();
            }
            else
            {
                ((IDisposable)target).Dispose();
            }
        }
        catch (Exception e)
        {
            node.Events.Warn($"Actor {actor.ClassName} {actor.Id}: its Dispose failed: {ExceptionText.AllOf(e)}");
        }
    }
}
