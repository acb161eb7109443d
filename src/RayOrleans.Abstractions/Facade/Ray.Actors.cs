namespace RayOrleans;

/// <content>Actors.</content>
public static partial class Ray
{
    /// <summary>A handle to a named actor. It does not keep the actor alive.</summary>
    /// <typeparam name="TActor">The actor's class.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="namespace">The namespace; null: the job's.</param>
    /// <exception cref="ArgumentException">There is no such actor, or it is of another class.</exception>
    public static ActorHandle<TActor> GetActor<TActor>(string name, string? @namespace = null) =>
        RayAmbient.Required.GetActor<TActor>(name, @namespace);

    /// <summary>Stops an actor at once: its running call fails.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="noRestart">Whether it is dead for good; otherwise it restarts if it may.</param>
    public static void Kill(ActorHandle actor, bool noRestart = true) =>
        RayAmbient.Required.Kill(actor, noRestart);

    /// <summary>Ends the actor whose method calls this. Code after it does not run; the calls that wait fail with <see cref="ActorDiedException"/>.</summary>
    /// <exception cref="InvalidOperationException">The caller is not an actor.</exception>
    public static void ExitActor() =>
        RayAmbient.Required.ExitActor();
}
