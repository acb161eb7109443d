namespace RayOrleans.Runtime;

/// <summary>Unwinds an actor's method after <c>Ray.ExitActor</c>; a catch block may stop it, the actor ends all the same.</summary>
internal sealed class ActorExitException() : RayException("The actor ends here: Ray.ExitActor was called.");
