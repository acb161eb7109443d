namespace RayOrleans.Core;

/// <summary>One effect of a command; appended under the lock, carried out outside it.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Subject">With what: a watcher, a value, an attempt, an actor or a task.</param>
/// <param name="Extra">For <see cref="EffectKind.StopActor"/> the instance to dispose of, for <see cref="EffectKind.KillInstance"/> what stands for it, for <see cref="EffectKind.TaskEnded"/> the failure, for <see cref="EffectKind.Unschedulable"/> the reason.</param>
public readonly record struct Effect(EffectKind Kind, object Subject, object? Extra = null);
