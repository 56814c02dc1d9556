"""The code behind the book *Which Instrument Is This?*, a module for each stage of the pipeline.

    sound      notes taken apart into overtones, and built        (chapter 1)
    audio      samples: any sound file as mono at 22 050 Hz       (chapters 1 and 2)
    dataset    clips: a table with a row for every recording      (chapter 2)
    chunks     2 s pieces of clips                                (chapter 2)
    splits     training, validation and test parts                (chapter 2)
    features   MFCC images of 275 x 13                            (chapter 3)
    cnn        the network: built, trained, saved                 (chapter 4)
    metrics    scores, confusion matrices, votes by clip          (chapter 4)
    classify   the instrument of any recording                    (chapter 4)
    augment    sounds with noise                                  (chapter 5)
    cutmix     mixtures of two images and their labels            (chapter 5)
    tuning     hyperparameters, and four ways of searching        (chapter 6)
    pruning    weights that become zero                           (chapter 7)
    export     the network as a small file                        (chapter 7)
    baselines  classifiers without a network                      (chapter 8)
    comparison ten models side by side                            (chapter 8)
    gradcam    where the network looks                            (chapter 9)
    ablation   the network without one of its parts               (chapter 10)

Around the pipeline: download (archives), store (the cache), models (trained ones that come with
the book), light (one of them as a file that needs no TensorFlow), experiments (the recorded
trainings), runs (what an experiment is), reproduce (runs them), results (their records), plots and
widgets (what you see), exercises (what checks your answers), errors (what bad input raises).

Importing the package loads neither TensorFlow nor librosa: each module imports what it needs
when it is first used.
"""
